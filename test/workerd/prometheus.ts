/** Reads Prometheus' text format 0.0.4, and throws at whatever a strict reader would not take. */
const LABELS = String.raw`\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\}`;
const SAMPLE = new RegExp(String.raw`^(?<name>[a-z_:][a-z0-9_:]*)(?<labels>${LABELS})? (?<value>-?\d+(?:\.\d+)?)$`);
const SUFFIXES = { counter: [""], gauge: [""], histogram: ["_bucket", "_sum", "_count"] };

interface Sample {
  name: string;
  labels: string;
  value: number;
}

/** Values by series, such as `name{label="value"}`. */
export type Samples = Map<string, number>;

/** @throws Error that names the line */
export function parseExposition(text: string): Samples {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const values: Samples = new Map();
  const families = new Set<string>();
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [help = "", type = "", ...lines] = block.trimEnd().split("\n");
    const [, family = ""] = /^# HELP ([a-z_]+) \S[^\\]*$/.exec(help) ?? [];
    const [, kind = ""] = new RegExp(`^# TYPE ${family} (counter|gauge|histogram)$`).exec(type) ?? [];
    if (!family || !isKind(kind) || families.has(family)) throw new Error(`Not the head of a family: ${help} ${type}`);
    families.add(family);
    const samples = lines.map(readSample);
    for (const { name, labels, value } of samples) {
      if (!SUFFIXES[kind].some((suffix) => name === family + suffix)) throw new Error(`${name} is not of ${family}.`);
      if (values.has(name + labels)) throw new Error(`${name}${labels} comes twice.`);
      if (kind !== "gauge" && value < 0) throw new Error(`${name}${labels} is negative.`);
      values.set(name + labels, value);
    }
    if (kind === "histogram") checkHistogram(family, samples);
  }
  return values;
}

function isKind(text: string): text is keyof typeof SUFFIXES {
  return Object.hasOwn(SUFFIXES, text);
}

function readSample(line: string): Sample {
  const { name, labels = "", value } = SAMPLE.exec(line)?.groups ?? {};
  if (name === undefined || value === undefined) throw new Error(`No sample: ${line}`);
  return { name, labels, value: Number(value) };
}

/** Buckets rise to `+Inf`, what is in them adds up, and that is the count. */
function checkHistogram(family: string, samples: readonly Sample[]): void {
  const buckets = samples.filter(({ name }) => name === `${family}_bucket`);
  for (const { labels, value } of samples.filter(({ name }) => name === `${family}_count`)) {
    const own = buckets.filter((bucket) => bucket.labels.replace(/,le="[^"]*"/, "") === labels);
    const bounds = own.map((bucket) => /le="([^"]*)"/.exec(bucket.labels)?.[1] ?? "");
    const isRising = own.every((bucket, index) => index === 0 || bucket.value >= (own[index - 1]?.value ?? 0));
    const isOrdered = bounds.slice(0, -1).every((bound, index) => index === 0 || +bound > Number(bounds[index - 1]));
    const isWhole = bounds.at(-1) === "+Inf" && own.at(-1)?.value === value;
    if (!isRising || !isOrdered || !isWhole) throw new Error(`The histogram of ${labels} contradicts itself.`);
  }
}
