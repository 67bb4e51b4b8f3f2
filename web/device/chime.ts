/** Two soft notes, a third apart, made on the spot: no sound file to load. */
const NOTES_HZ = [659.25, 830.61];
const NOTE_S = 0.14;
const LOUDNESS = 0.08;

export class Chime {
  readonly #context = new AudioContext();

  /** Silent until the person has pressed something on the page: browsers insist. */
  play(): void {
    void this.#context.resume();
    for (const [index, hertz] of NOTES_HZ.entries()) this.#note(hertz, this.#context.currentTime + index * NOTE_S);
  }

  #note(hertz: number, start: number): void {
    const tone = this.#context.createOscillator();
    const volume = this.#context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 2.5);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + NOTE_S * 2.5);
  }
}
