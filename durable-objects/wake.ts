/** The one alarm of an object: it goes off for whatever is due first. */
const ALARM_LOST_MS = 10_000;

export class Wake {
  readonly #storage: DurableObjectStorage;
  /** Milliseconds since 1970; undefined after a wake-up, until it was looked up. */
  #alarmAt: number | undefined;
  /** The soonest that was asked for and not set yet. */
  #wantedAt = Infinity;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Makes sure that the alarm goes off no later than at `at` (milliseconds since 1970): each setting costs a row. */
  async by(at: number): Promise<void> {
    this.#wantedAt = Math.min(this.#wantedAt, at);
    if (this.#alarmAt === undefined) {
      const alarmAt = (await this.#storage.getAlarm()) ?? Infinity;
      this.#alarmAt ??= alarmAt;
    }
    const wantedAt = this.#wantedAt;
    this.#wantedAt = Infinity;
    // An alarm that should have gone off long ago was lost (workerd issues 3566, 3138).
    const isLost = this.#alarmAt < Date.now() - ALARM_LOST_MS;
    if (wantedAt === Infinity || (wantedAt >= this.#alarmAt && !isLost)) return;
    this.#alarmAt = wantedAt;
    await this.#storage.setAlarm(wantedAt);
  }

  /**
   * To be called when it has gone off.
   *
   * @returns what it was set to; Infinity after a wake-up, when that is not known
   */
  wentOff(): number {
    const alarmAt = this.#alarmAt ?? Infinity;
    this.#alarmAt = Infinity;
    return alarmAt;
  }
}
