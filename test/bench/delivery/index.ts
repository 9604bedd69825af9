/**
 * How soon messages leave, and how many. Parley and the receivers are processes of their own on this machine, so that they share its
 * processors; hosts are addresses of loopback, all of which one program answers.
 */
import type { Row } from "../run.ts";
import { measureLatency } from "./latency.ts";
import { bundleParley } from "./parley.ts";
import { measureRate } from "./rate.ts";
import { startReceiver } from "./receiver.ts";

export interface DeliveryOptions {
  /** Numbers of matching alerts for which the time to a message is measured. */
  alerts?: string | undefined;
  /** How long the rate is measured, each time; 0: not at all. */
  seconds?: string | undefined;
}

export async function benchDelivery({ alerts = "1,100,10000", seconds = "60" }: DeliveryOptions): Promise<Row[]> {
  const sizes = alerts.split(",").map((size) => readInteger("--alerts", size, 1));
  const duration = readInteger("--seconds", seconds, 0);
  const modules = bundleParley();
  const receiver = await startReceiver();
  try {
    const latency = await measureLatency(modules, receiver, sizes);
    const rate = duration === 0 ? [] : await measureRate(modules, receiver, duration);
    return [...latency, ...rate];
  } finally {
    receiver.stop();
  }
}

function readInteger(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${option}: a number is expected, not ${text}`);
  return value;
}
