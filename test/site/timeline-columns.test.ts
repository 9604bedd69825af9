import { afterEach, describe, expect, it, vi } from "vitest";
import type { Precision } from "../../src/record/events/event.ts";
import { bandsOf } from "../../src/site/timeline/bands.ts";
import { columnsOf } from "../../src/site/timeline/columns.ts";
import { byTime, isIn, monthOf, periodOf } from "../../src/site/timeline/event-period.ts";

const PRECISIONS: Readonly<Record<number, Precision>> = { 4: "year", 7: "month", 10: "day" };
const on = (date: string) => ({ date, end_date: null, precision: PRECISIONS[date.length] ?? "day" });
const within = (date: string, end_date: string) => ({ date, end_date, precision: "within" as const });

describe("the period of an event", () => {
  it.each([
    ["a day", on("2016-09-22"), "2016-09-22", "2016-09"],
    ["several days: from the first", { ...on("2016-09-22"), end_date: "2016-10-02" }, "2016-09-22", "2016-09"],
    ["a month", on("2016-09"), "2016-09", "2016-09"],
    ["a year", on("2016"), "2016", undefined],
    ["a day within a month", within("2016-09-03", "2016-09-04"), "2016-09", "2016-09"],
    ["a day within two months", within("2016-08-30", "2016-09-04"), "2016", undefined],
    ["a month within a year", within("2016-08", "2016-09"), "2016", undefined],
    ["a day within two years: the first", within("2015-12-30", "2016-01-04"), "2015", undefined],
    ["a day within one", within("2016-09-03", "2016-09-03"), "2016-09-03", "2016-09"],
  ])("%s", (_, event, period, month) => {
    expect(periodOf(event)).toBe(period);
    expect(monthOf(event)).toBe(month);
    expect(isIn(event, period.slice(0, 4))).toBe(true);
    expect(isIn(event, `${period.slice(0, 4)}-09`)).toBe(month === "2016-09");
  });

  it("sorts newest first, with less precise dates at the end of their month or year", () => {
    const dates = ["2015-12-31", "2016", "2016-01", "2016-01-01", "2016-01-31", "2016-02", "2017"];
    expect(
      dates
        .map(on)
        .sort(byTime)
        .map(({ date }) => date),
    ).toEqual(["2017", "2016-02", "2016-01-31", "2016-01-01", "2016-01", "2016", "2015-12-31"]);
  });
});

describe("the columns of a picture", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const periods = (...dates: string[]) => columnsOf(dates.map(on)).periods;

  it("are months, including those without events", () => {
    const columns = columnsOf(["2016-03-05", "2015-09-01", "2015-09", "2016"].map(on));
    expect(columns.periods).toEqual(["2015-09", "2015-10", "2015-11", "2015-12", "2016-01", "2016-02", "2016-03"]);
    expect(columns.counts(["2016-03-05", "2015-09-01", "2015-09", "2016"].map(on))).toEqual([
      ["2015-09", 2],
      ["2016-03", 1],
    ]);
    expect(columns.of(on("2016"))).toBeUndefined();
    expect(columns.of(on("2016-04"))).toBeUndefined();
  });

  it("are at least six, with the events in the middle", () => {
    expect(periods("2016-01-31")).toEqual(["2015-11", "2015-12", "2016-01", "2016-02", "2016-03", "2016-04"]);
    expect(periods("2016")).toEqual(["2014", "2015", "2016", "2017", "2018", "2019"]);
  });

  it("are at least six, but none in the future without events", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2016, 8, 22) });
    expect(periods("2016-09-14")).toEqual(["2016-04", "2016-05", "2016-06", "2016-07", "2016-08", "2016-09"]);
    expect(periods("2016-08", "2016-09")[0]).toBe("2016-04");
    expect(periods("2016-07").at(-1)).toBe("2016-09");
    expect(periods("2016-11-01")).toEqual(["2016-06", "2016-07", "2016-08", "2016-09", "2016-10", "2016-11"]);
    expect(periods("2016")).toEqual(["2011", "2012", "2013", "2014", "2015", "2016"]);
  });

  it("are at most 36 months, and years beyond that", () => {
    expect(periods("2013-10", "2016-09")).toHaveLength(36);
    expect(periods("2013-09", "2016-09")).toEqual(["2012", "2013", "2014", "2015", "2016", "2017"]);
    expect(periods("1917", "2016")).toHaveLength(100);
  });

  it.each<[name: string, dates: string[], first: string, last: string, outside: string[]]>([
    ["one far ahead", ["2016-08", "2016-09", "9999-12-31"], "2016-06", "2016-11", ["9999-12-31"]],
    ["one long ago", ["0044-03-15", "2016-08", "2016-09"], "2016-06", "2016-11", ["0044-03-15"]],
    ["one on either side", ["0000", "1990", "2016", "9999"], "1990", "2016", ["0000", "9999"]],
    ["of as many the last", ["0044-03-15", "2016-09"], "2016-07", "2016-12", ["0044-03-15"]],
    ["more of them earlier", ["1850", "1900", "1920", "1940", "2020"], "1850", "1940", ["2020"]],
    ["more than a hundred years of them", ["1850", "1900", "1940", "1990", "2020"], "1940", "2020", ["1850", "1900"]],
  ])("beyond a hundred years are where most events lie: %s", (_, dates, first, last, outside) => {
    const columns = columnsOf(dates.map(on));
    expect([columns.periods[0], columns.periods.at(-1)]).toEqual([first, last]);
    expect(dates.filter((date) => columns.isOutside(on(date)))).toEqual(outside);
    expect(dates.filter((date) => columns.of(on(date)) === undefined)).toEqual(outside);
  });

  it("distinguish events with only the year known from those outside", () => {
    const columns = columnsOf(["2016-08", "2016-09", "2016"].map(on));
    expect([columns.of(on("2016")), columns.isOutside(on("2016"))]).toEqual([undefined, false]);
    expect([columns.of(on("2017")), columns.isOutside(on("2017"))]).toEqual([undefined, true]);
  });

  it("end with the calendar of four digits", () => {
    expect(periods("9999-12-31")).toEqual(["9999-07", "9999-08", "9999-09", "9999-10", "9999-11", "9999-12"]);
    expect(periods("0000")).toEqual(["0000", "0001", "0002", "0003"]);
    expect(columnsOf(["0044-03"].map(on)).labels[0]).toEqual({ period: "0044-01", text: "Jan 0044" });
  });

  it("are empty without events", () => {
    expect(columnsOf([]).periods).toEqual([]);
    expect(columnsOf([]).labels).toEqual([]);
  });

  it("are labelled by month, with the year when it changes, or by year", () => {
    const columns = columnsOf(["2015-09", "2016-09"].map(on));
    expect(columns.labels).toEqual([
      { period: "2015-10", text: "Oct 2015" },
      { period: "2016-01", text: "Jan 2016" },
      { period: "2016-04", text: "Apr" },
      { period: "2016-07", text: "Jul" },
    ]);
    for (const dates of [["2016-09"], ["2013-10", "2016-09"], ["2012", "2016"], ["1900", "2016"], ["0044", "0099"]]) {
      const { periods, labels } = columnsOf(dates.map(on));
      expect(labels.length).toBeGreaterThan(1);
      expect(labels.length).toBeLessThanOrEqual(11);
      expect(periods).toEqual(expect.arrayContaining(labels.map(({ period }) => period)));
    }
  });

  it("keep their labels inside the picture", () => {
    const columns = columnsOf(["2013-10", "2016-09"].map(on));
    const { label } = bandsOf(columns);
    expect(label("2013-10")).toEqual({ x: "0%", "text-anchor": "start" });
    expect(label("2015-04")).toEqual({ x: "51.39%", "text-anchor": "middle" });
    expect(label("2016-09")).toEqual({ x: "100%", "text-anchor": "end" });
  });

  it("fill the width", () => {
    const columns = columnsOf(["2016-03", "2016-06"].map(on));
    const bands = columns.periods.map(bandsOf(columns).of);
    const number = (percent: string | undefined) => Number.parseFloat(percent ?? "");
    expect(number(bands[0]?.start)).toBe(0);
    for (const [i, { start, width, bar, barWidth, middle }] of bands.entries()) {
      expect(number(start) + number(width)).toBeCloseTo(i === bands.length - 1 ? 100 : number(bands[i + 1]?.start), 1);
      expect(number(bar) + number(barWidth) / 2).toBeCloseTo(number(middle), 1);
      expect(number(barWidth)).toBeLessThan(number(width));
    }
    const [first = "", second = ""] = columns.periods;
    expect(bandsOf(columns).from(first, second)).toEqual({ start: "0%", width: "33.33%" });
  });
});
