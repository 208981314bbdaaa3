package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// written is a page as a browser takes it apart.
type written struct {
	text     string
	elements string   // tags with the names of their attributes, in order
	visible  string   // text outside of scripts and styles
	values   []string // of attributes that browsers load or act on
	blocks   map[string]string
	ids      map[string]int
}

func write(t *testing.T, fill func(io.Writer) error) *written {
	t.Helper()
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		t.Fatal(err)
	}
	p := &written{text: b.String(), blocks: make(map[string]string), ids: make(map[string]int)}
	var elements, visible strings.Builder
	raw := ""
	z := html.NewTokenizer(strings.NewReader(p.text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.elements, p.visible = elements.String(), visible.String()
			return p
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			elements.WriteString(token.Data)
			if token.Data == "script" || token.Data == "style" {
				raw = token.Data
			}
			for _, a := range token.Attr {
				elements.WriteString(" " + a.Key)
				switch {
				case a.Key == "id":
					p.ids[a.Val]++
				case slices.Contains([]string{"href", "src", "content", "action", "style", "xlink:href"}, a.Key) || strings.HasPrefix(a.Key, "on"):
					p.values = append(p.values, a.Key+"="+a.Val)
				}
			}
			elements.WriteByte('\n')
		case html.TextToken:
			text := string(z.Text())
			if raw != "" {
				p.blocks[raw] = text
				raw = ""
			} else {
				visible.WriteString(html.UnescapeString(text))
			}
		}
	}
}

// checkPolicy checks that the page forbids everything but its own style and script, and
// asks for nothing that it forbids.
func (p *written) checkPolicy(t *testing.T) {
	t.Helper()
	for _, name := range []string{"script", "style"} {
		sum := sha256.Sum256([]byte(p.blocks[name]))
		if want := name + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(strings.ReplaceAll(p.text, "&#39;", "'"), html.EscapeString(want)) &&
			!strings.Contains(html.UnescapeString(p.text), want) {
			t.Errorf("the policy does not say %s", want)
		}
	}
	for _, value := range p.values {
		key, text, _ := strings.Cut(value, "=")
		switch {
		case key == "style" || strings.HasPrefix(key, "on"):
			t.Errorf("an attribute that the policy forbids: %s", value)
		case strings.Contains(text, "unsafe-"):
			t.Errorf("the policy is weak: %s", value)
		case key != "content" && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "data:image/svg+xml,"):
			t.Errorf("leads out of the page: %s", value)
		}
	}
	for id, n := range p.ids {
		if n > 1 {
			t.Errorf("%d elements have id %q", n, id)
		}
	}
}

func (p *written) says(t *testing.T, sentences ...string) {
	t.Helper()
	for _, text := range sentences {
		if !strings.Contains(p.visible, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("element %d is %q; want %q", i, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d elements; want %d", len(a), len(b))
}
