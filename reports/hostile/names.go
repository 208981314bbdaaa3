// Package hostile holds names that some program acts on if they reach it as they
// are: formulas, codes of terminals, markup, text that is no text. Tests write them
// with every writer. The package knows no writer.
package hostile

import "strings"

// Names are the names.
var Names = []string{
	"=HYPERLINK(\"http://evil\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "'=1", "\r=1", "a\r\nb", "a\nb",
	"\x1b[31mred\x1b[0m", "\x1b]8;;http://evil\x07", "\x9b31m", "a|b", "a\\|b", "`code`", "``", "` |", "\\`", "**bold**", "_a_", "[a](http://evil)",
	"![a](http://evil)", "http://evil.example", "www.evil.example", "@someone", "#1", "<script>alert(1)</script>", "<!--", "&lt;", "&#60;", "--- | ---",
	"]]>", "<![CDATA[", "\"'", "a\x00b", "\x01\x02", "\ufffe\uffff", "\xff\xfe", "\xed\xa0\x80", "\u202eabc", "\u2066a\u2069", "\u200b", "\ufeff",
	"a\u2028b\u0085", "\u0301", "漢字", "😀", "", " ", " a ", "a,b;c", strings.Repeat("x", 300), "%s%n", "$x$", "~~a~~", ":smile:", "- a", "1. a",
	`quo"te`, `back\slash`, "line\nbreak", " space",
}
