import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CircuitBreaker } from "../../durable-objects/circuit-breaker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const fail = () => Promise.reject(new TypeError("Network lost"));
const succeed = vi.fn(() => Promise.resolve("answer"));

it("[OUT-1] after five failures in a row a store is not asked for 3 s, then by one call at a time", async () => {
  const breaker = new CircuitBreaker();
  for (let count = 0; count < 5; count += 1) await expect(breaker.run(fail)).rejects.toThrow("Network lost");
  await expect(breaker.run(succeed)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(succeed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3_000);
  const probe = breaker.run(
    () => new Promise((_, reject) => setTimeout(() => reject(new TypeError("Still lost")), 500)),
  );
  await expect(breaker.run(succeed)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  vi.advanceTimersByTime(500);
  await expect(probe).rejects.toThrow("Still lost");
  vi.advanceTimersByTime(3_000);
  expect(await breaker.run(succeed)).toBe("answer");
  expect(await breaker.run(succeed)).toBe("answer");
});

it("[OUT-2] a success in between starts the count anew", async () => {
  const breaker = new CircuitBreaker();
  for (let count = 0; count < 20; count += 1) {
    const work = count % 5 === 4 ? succeed : fail;
    await breaker.run(work).catch(() => undefined);
  }
  expect(await breaker.run(succeed)).toBe("answer");
});
