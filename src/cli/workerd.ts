#!/usr/bin/env node
/**
 * Runs workerd for as long as its parent lives. Miniflare's workerd outlives a parent that is killed: it would keep the port, and
 * go on delivering beside the next one. Miniflare starts this program in workerd's place (MINIFLARE_WORKERD_PATH).
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

/** How often the parent is looked for, in milliseconds. */
const LOOK = 100;

const { PARLEY_WORKERD = "workerd", PARLEY_PID_FILE } = process.env;
const parent = process.ppid;
const child = spawn(PARLEY_WORKERD, process.argv.slice(2), { stdio: ["inherit", "inherit", "inherit", "inherit"] });
if (PARLEY_PID_FILE && child.pid) writeFileSync(PARLEY_PID_FILE, `${parent} ${process.pid} ${child.pid}`);

setInterval(() => {
  if (process.ppid !== parent) child.kill("SIGKILL");
}, LOOK);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
