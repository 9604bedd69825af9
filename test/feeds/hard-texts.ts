/** Text that feeds have been broken by, shared by the tests of every format. */

/** Titles of at most 200 bytes, and what a correct feed makes of them: the same. */
export const HARD_TITLES: [name: string, title: string][] = [
  ["markup", "<b>Bold</b> & <script>alert(1)</script>"],
  ["entities already written", "AT&amp;T &lt;b&gt; &#8217;"],
  ["entities that XML does not know", "5&nbsp;km &eacute; &unknown; & &"],
  ["the end of a CDATA section", "a ]]> b ]]]]>> c"],
  ["the beginning of a CDATA section", "<![CDATA[ x"],
  ["the end of an item", "x</title></item></channel></rss><item><title>y"],
  ["the end of an entry", "x</title></entry></feed>"],
  ["a comment that is not closed", "x <!-- y"],
  ["a processing instruction", 'x <?xml version="1.0"?> y'],
  ["a document type with an entity", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]> &e;'],
  ["signs of comparison", "2 < 3 > 1 && 4 <5> 6"],
  ["quotes of all kinds", `"double" 'single' « angle » “curly”`],
  ["emoji, one of many parts", "🕊️ 👩🏽‍⚕️ 🇸🇾"],
  ["emoji, a family and a flag of tags", "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
  ["Arabic", "وقف إطلاق النار في حلب"],
  ["both directions", "Halab (حلب) fell silent"],
  ["marks that turn the direction", "a \u202eb \u202c\u2067c\u2069 \u200f(d)\u200e"],
  ["invisible characters", "a\u200bb\u2060c\u00add\ufeffe"],
  ["characters beyond the basic plane", "\u{10348}\u{1fffd}"],
  ["marks upon marks", "Z\u0351\u036b\u0343a\u0300\u0301\u0302l\u0338g\u0336o\u0327"],
  ["one very long word", "W".repeat(200)],
  ["a long Arabic word, which a calendar folds inside a character", "ح".repeat(100)],
  ["emoji at each place where a calendar may fold", `x${"🕊".repeat(49)}`],
  ["signs of a calendar", "a, b; c: d \\ e \\n f \\, g \\; h"],
  ["a calendar's own lines", "END:VEVENT BEGIN:VEVENT SUMMARY:x"],
  ["the last build date", "<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT</lastBuildDate>"],
  ["signs of a replacement pattern", "$& $1 $$ $`"],
  ["names of properties", "__proto__ constructor toString"],
];

/** Titles with what no format can carry, or what parsers take for something else, and what is left of them. */
export const UNCLEAN_TITLES: [name: string, title: string, left: string][] = [
  ["control characters", "A\u0000B\u0007C\u001fD\u001b[31mE", "ABCD[31mE"],
  // XML 1.0 discourages them (section 2.2), readers take them for Windows-1252, and a calendar must not hold the first (RFC 5545, section 3.1).
  ["control characters that XML allows", "a\u007fb\u0080c\u009fd", "abcd"],
  ["a lone surrogate", "A \ud83d B \udd4a C", "A \ufffd B \ufffd C"],
  ["surrogates in the wrong order", "A \udd4a\ud83d B", "A \ufffd\ufffd B"],
  ["non-characters", "A\ufffeB\uffffC", "ABC"],
  ["the end of a CDATA section, hidden", "a ]]\u0000> b", "a ]]> b"],
];

/** Texts of several lines: what stands in summaries and claims, and what is left of them. */
export const HARD_LINES: [name: string, text: string, left: string][] = [
  ["line ends of three systems", "a\r\nb\rc\nd", "a\nb\nc\nd"],
  ["a calendar's own lines", "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y", "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:y"],
  // Some parsers of calendars lose a line that holds one of them.
  ["line ends of Unicode", "a\u0085b\u2028c\u2029d", "a\nb\nc\nd"],
  ["lines that look folded", "a\r\n b\r\n\tc", "a\n b\n\tc"],
  ["tabs and blanks", "a\tb  c\u00a0d\u3000e", "a\tb  c\u00a0d\u3000e"],
  ["empty lines", "a\n\n\nb", "a\n\n\nb"],
];
