package reports

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestUnsafeCharactersAreEscapedEverywhere(t *testing.T) {
	for _, test := range []struct{ name, text, json string }{
		{"plain", "web-1 é 漢 😀", `"web-1 é 漢 😀"`},
		{"escape sequence", "a\x1b[31m", `"a\u001b[31m"`},
		{"direction of text", "a\u202eb\u2066", `"a\u202eb\u2066"`},
		{"zero width", "a\u200bb\ufeff", `"a\u200bb\ufeff"`},
		{"line separators", "a\u2028b\u0085c\x7f", `"a\u2028b\u0085c\u007f"`},
		{"beyond 16 bits", "a\U000e0041", `"a\udb40\udc41"`},
		{"quotes", `a"\b`, `"a\"\\b"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			line := appendQuoted(nil, test.text)
			var page bytes.Buffer
			if err := WriteJSON(&page, test.text); err != nil {
				t.Fatal(err)
			}
			for _, got := range []string{string(line), page.String()[:page.Len()-1]} {
				var back string
				if err := json.Unmarshal([]byte(got), &back); got != test.json || err != nil || back != test.text {
					t.Errorf("%s reads back as %q (%v); want %s", got, back, err, test.json)
				}
			}
			if shown := Visible(test.text); Visible(shown) != shown {
				t.Errorf("%s is escaped twice: %s", shown, Visible(shown))
			}
		})
	}
	if got := Visible("a\x1b\u202e\xff\u0085"); got != `a\x1b\u202e\xff\u0085` {
		t.Errorf("got %s", got)
	}
}
