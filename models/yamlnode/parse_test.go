package yamlnode

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// errorText returns what a user reads, with a trailing line break for tables.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestParseProblems(t *testing.T) {
	tests := []struct{ rule, text, want string }{
		{"tab indentation", "a:\n\tb: 1\n", "f:2:1: tab at column 1; use spaces"},
		{"tab after spaces", "a:\n  \tb: 1\n  c: 2\n", "f:2:3: tab at column 3; use spaces"},
		{"invalid UTF-8", "a: b\nc: é\xff\n", "f:2:5: not UTF-8 at byte 10"},
		{"NUL", "a: \x00", "f:1:4: NUL byte at byte 3"},
		{"NUL after invalid UTF-8", "a: \xff\x00", "f:1:4: not UTF-8 at byte 3"},
		{"NUL before invalid UTF-8", "a: \x00\xff", "f:1:4: NUL byte at byte 3"},
		{"NUL far behind", strings.Repeat("# text\n", 1000) + "\x00", "f:1001:1: NUL byte at byte 7000"},
		{"UTF-16, low byte first", "\xff\xfea\x00", "f:1:1: UTF-16; save it as UTF-8"},
		{"UTF-16, high byte first", "\xfe\xff\x00a", "f:1:1: UTF-16; save it as UTF-8"},
		{"UTF-16 without mark", "a\x00:\x00", "f:1:1: UTF-16; save it as UTF-8"},
		{"UTF-16 without mark, high byte first", "\x00a\x00:", "f:1:1: UTF-16; save it as UTF-8"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "f:1:1: UTF-32; save it as UTF-8"},
		{"gzip", "\x1f\x8b\x08\x00", "f:1:1: packed with gzip; unpack it"},
		{"a program", "\x7fELF\x02\x01\x01\x00", "f:1:8: NUL byte at byte 7"},
		{"control character", "a: 1\nb: \x07\n", "f:2:1: control characters are not allowed"},
		{"duplicate key", "x:\n  name: a\n  size: 1\n  name: b\n", `f:4:3: x.name: "name" already set at line 2`},
		{"duplicate keys of several documents", "a: 1\na: 2\n---\nb: 1\nb: 2\n",
			"f:2:1: a: \"a\" already set at line 1\nf:5:1: b: \"b\" already set at line 4"},
		{"duplicate key in JSON", "{\"a\": [{\"é\": 1,\r\n\t\"é\": 2}]}", `f:2:2: a[0]["é"]: "é" already set at line 1`},
		{"broken JSON", "{\"a\": 1,\n\"b\" 2}", "f:2:1: did not find expected ',' or '}'"},
		{"unknown anchor", "a: 1\nb: *x\n", `f:2:4: anchor "x" is not defined`},
		{"anchors end with their document", "a: &x 1\n---\nb: *x\n", `f:3:4: anchor "x" is not defined`},
		{"anchor within itself", "a: &x [*x]\n", `f:1:8: a[0]: anchor "x" contains itself`},
		{"list merged", "a: &x [1]\nb:\n  <<: *x\n", `f:3:7: b["<<"]: got 1; want a map to merge`},
		{"null key", "~: 1\n", `f:1:1: got null as a key; want a string; quote it`},
		{"map as a key", "? {a: 1}\n: 2\n", `f:1:3: got a map or list as a key; want a string`},
		{"boolean key", "a:\n  on: 1\n", `f:2:3: a: key "on": reads as true in Kubernetes YAML; quote it`},
		{"octal key", "017: 1\n", `f:1:1: key "017": got 017; want a string; quote it`},
		{"unknown tag", "a: !Ref x\n", `f:1:4: a: tag "!Ref" is not read`},
		{"unknown tag on a map", "a: !Ref {}\n", `f:1:4: a: tag "!Ref" is not read`},
		{"wrong tag", "a: !!int x\n", `f:1:4: a: got "x"; want a whole number by its tag`},
		{"indentation of a list", "a:\n  - x\n b: 1\n", "f:3:2: did not find expected key; check the indentation"},
		{"value in a value", "a: 1\n b: 2\n", `f:2:2: unexpected ":"; check the indentation or quote the text`},
		{"open list", "a: [1, 2\nb: 3\n", "f:2:1: did not find expected ',' or ']'"},
		{"open quotes", "x: 1\n\na: 'x\n", "f:3:1: ends inside quotes; close them"},
		{"reserved character", "x: 1\na: @x\n", "f:2:1: no value starts with '@'; quote it"},
		{"two roots", "  a: 1\nb: 2\n", "f:2:1: text after the end of the document; check the indentation"},
		{"positions after a broken document", "a: [\n---\n# note\nb: 1\nb: 2\n",
			"f:1:1: did not find expected node content\nf:5:1: b: \"b\" already set at line 4"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			_, err := Parse("f", strings.NewReader(test.text))
			if diff := cmp.Diff(test.want, errorText(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		limit     string
		limits    Limits
		fits, not string
		want      string
	}{
		{"file bytes", Limits{FileBytes: 4, Documents: 1, Depth: 1}, "a: 1", "a: 12", "f: larger than 4 bytes"},
		{"documents", Limits{FileBytes: 99, Documents: 2, Depth: 1}, "a\n---\n---\nb\n", "a\n---\nb\n---\nc\n",
			"f:5:1: more than 2 documents"},
		{"depth", Limits{FileBytes: 99, Documents: 1, Depth: 3}, "a:\n- b: 1", "a:\n- b: []", "f:2:6: a[0].b: nested deeper than 3"},
		{"depth through aliases", Limits{FileBytes: 99, Documents: 1, Depth: 3, AliasNodes: 99},
			"a: &x [[]]\nb: *x", "a: &x [[]]\nb: [*x]", "f:2:5: b[0]: nested deeper than 3"},
		{"alias nodes", Limits{FileBytes: 99, Documents: 1, Depth: 3, AliasNodes: 6},
			"a: &x [1, 2]\nb: *x\nc: *x", "a: &x [1, 2]\nb: *x\nc: *x\nd: *x", "f:4:4: d: aliases expand to more than 6 nodes"},
		{"alias nodes of merge keys", Limits{FileBytes: 99, Documents: 1, Depth: 3, AliasNodes: 3},
			"a: &x {k: 1}\nb: {<<: *x}", "a: &x {k: 1}\nb: {<<: *x}\nc: {<<: *x}", `f:3:9: c["<<"]: aliases expand to more than 3 nodes`},
	}
	for _, test := range tests {
		t.Run(test.limit, func(t *testing.T) {
			documents, err := test.limits.Parse("f", strings.NewReader(test.fits))
			if err != nil || len(documents) == 0 {
				t.Errorf("at the limit: %d documents, %v", len(documents), err)
			}
			_, err = test.limits.Parse("f", strings.NewReader(test.not))
			if got := errorText(err); got != test.want {
				t.Errorf("past the limit:\ngot  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDefaultLimits(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	if _, err := Parse("f", strings.NewReader(nested(64))); err != nil {
		t.Errorf("64 levels: %v", err)
	}
	_, err := Parse("f", strings.NewReader(nested(65)))
	if got, want := errorText(err), "f:1:65: "+strings.Repeat("[0]", 64)+": nested deeper than 64"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, depth := range []int{20_000, 1_000_000} {
		if _, err := Parse("f", strings.NewReader(strings.Repeat("[", depth))); err == nil {
			t.Errorf("%d levels are read", depth)
		}
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		refs := strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9) + fmt.Sprintf("*a%d", i-1)
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, refs)
	}
	_, err = Parse("f", strings.NewReader(bomb))
	if got, want := errorText(err), "f:5:45: a4[7]: aliases expand to more than 100000 nodes"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := DefaultLimits().tooLarge(), "larger than 128 MiB"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseDocuments(t *testing.T) {
	tests := []struct{ rule, text, want string }{
		{"one", "a: 1\n", `{"a":1}`},
		{"stream", "a: 1\n---\nb: 2\n...\n---\nc: 3\n", `{"a":1} {"b":2} {"c":3}`},
		{"empty file", "", ""},
		{"only comments", "# a\n---\n# b\n---\n", ""},
		{"empty documents are skipped", "---\n---\na: 1\n---\n", `{"a":1}`},
		{"null is a document", "null\n", "null"},
		{"byte order mark", "\uFEFFa: 1\n", `{"a":1}`},
		{"directives belong to what follows", "%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n# x\n---\nb: 1\n", `{"a":1} {"b":1}`},
		{"CRLF", "a: 1\r\n---\r\nb: 2\r\n", `{"a":1} {"b":2}`},
		{"marks inside literal text", "a: |\n  x\n  ---\n  y\n", `{"a":"x\n---\ny\n"}`},
		{"tabs inside literal text", "a: |\n  x\n  \ty\n", `{"a":"x\n\ty\n"}`},
		{"JSON", "{\"a\": [1, 2.5, true, null, \"x\\n\\u00e9\"],\n\t\"b\": {}}\n", `{"a":[1,2.5,true,null,"x\né"],"b":{}}`},
		{"JSON stream", "{\"a\": 1}\n{\"b\": 2} [3]\n---\n{}", `{"a":1} {"b":2} [3] {}`},
		{"JSON surrogate pairs", `["\ud83d\ude00\/"]`, `["😀/"]`},
		{"YAML that begins like JSON", "{a: 1, \"b\": yes}\n", `{"a":1,"b":true}`},
		{"aliases", "a: &x {k: [1]}\nb: *x\n", `{"a":{"k":[1]},"b":{"k":[1]}}`},
		{"merge keys yield to own and earlier ones",
			"x: &x {k: 1, l: 1}\ny: &y {l: 2, m: 2}\nz: {<<: [*x, *y], k: 0}\n",
			`{"x":{"k":1,"l":1},"y":{"l":2,"m":2},"z":{"k":0,"l":1,"m":2}}`},
		{"quoted merge key is a name", `"<<": 1`, `{"\u003c\u003c":1}`},
		{"whole numbers as keys are strings", "1: a\n", `{"1":"a"}`},
		{"broken document is left out", "a: 1\n---\nb: [\n---\nc: 1\n", `{"a":1} {"c":1}`},
		{"first of duplicate keys stays", "a: 1\na: 2\n", `{"a":1}`},
		{"core and Kubernetes scalars", "[~, yes, off, 0x1F, 0o17, 017, 0b11, 1_000, -5, 1e3, .5, 2026-01-02, 1.2.3, 1e999, y, 089, -]",
			`[null,true,false,31,15,15,3,1000,-5,1000,0.5,"2026-01-02","1.2.3","1e999",true,89,"-"]`},
		{"tags", "[!!str 5, !!float 5, !!int 5, !!null '', !!str yes]", `["5",5,5,null,"yes"]`},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			documents, _ := Parse("f", strings.NewReader(test.text))
			var got []string
			for i, document := range documents {
				if document.Index != i || document.File != "f" {
					t.Errorf("document %d: index %d of %q", i, document.Index, document.File)
				}
				data, err := document.Root.JSON()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(data))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadErrorIsReported(t *testing.T) {
	_, err := Parse("f", io.MultiReader(strings.NewReader("a: 1"), iotest.ErrReader(errors.New("disk on fire"))))
	if got, want := errorText(err), "f: disk on fire"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPositions(t *testing.T) {
	text := "# head\nspec:\n  é: [a, b]\n---\nitems:\n- name: x\n"
	documents, err := Parse("f", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	at := func(n *Node) string { return fmt.Sprintf("%s:%d:%d", n.File(), n.Line, n.Column) }
	for _, test := range []struct{ got, want string }{
		{at(documents[0].Root), "f:2:1"},
		{at(documents[0].Root.Get("spec")), "f:3:3"},
		{at(documents[0].Root.At("spec", "é").Item(1)), "f:3:10"},
		{at(Locate(documents[1].Root, "items[0].name")), "f:6:9"},
		{at(documents[1].Root.KeyNode(documents[1].Root.Fields[0])), "f:5:1"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

// checkPositions fails unless every problem lies inside the text.
func checkPositions(t *testing.T, data []byte, err error) {
	var problems Problems
	if !errors.As(err, &problems) {
		return
	}
	lines, _ := position(data, len(data))
	for _, p := range problems {
		if p.Line == 0 {
			continue
		}
		columns := len([]rune(string(lineAt(data, p.Line)))) + 1
		if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Column > columns {
			t.Errorf("%q: %v lies outside", data, p)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: 1\n---\nb: [\n", "a: &x [*x]", "\ta", "{\"a\": \"\\ud83d\\ude00\"}", "a: \u2028 b\n c", "a: |\n\n  x\n", "? a\n: b\n:", "!!x y", "<<: {a: 1}", "%TAG ! x\n---\n!a b",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		documents, err := Parse("f", strings.NewReader(string(data)))
		checkPositions(t, data, err)
		for _, document := range documents {
			if document.Root == nil {
				t.Fatal("document without a root")
			}
			var inside func(n *Node)
			inside = func(n *Node) {
				checkPositions(t, data, Problems{{Line: int(n.Line), Column: int(n.Column)}})
				for _, field := range n.Fields {
					inside(field.Value)
				}
				for _, item := range n.Items {
					inside(item)
				}
			}
			inside(document.Root)
		}
	})
}

func FuzzJSONReadersAgree(f *testing.F) {
	for _, seed := range []string{`{"a": [1, -2.5e3, true, null, "x"], "b": {}}`, "[\n\t1,\r\n \"é\"]", `[1e999, 0, -0]`, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkEncoding("f", data) != nil || chunkLen(data) != len(data) {
			return
		}
		short := &builder{limits: DefaultLimits(), source: &source{"f"}}
		roots, ok := short.jsonRoots(data)
		if !ok || len(roots) != 1 {
			return
		}
		// A comment keeps the YAML reader in charge.
		documents, err := Parse("f", strings.NewReader(string(data)+"\n#"))
		if err != nil && len(short.problems) == 0 || len(documents) != 1 {
			return // what only JSON allows
		}
		short.problems.Sort()
		if diff := cmp.Diff(short.problems.Err(), err); diff != "" {
			t.Errorf("%q: -JSON +YAML:\n%s", data, diff)
		}
		if diff := cmp.Diff(roots[0], documents[0].Root, cmp.AllowUnexported(Node{}, source{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: -JSON +YAML:\n%s", data, diff)
		}
	})
}
