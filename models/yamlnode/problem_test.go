package yamlnode

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"github.com/podsim/podsim/models/limits"
)

func TestProblemsAreLinesThatATerminalShowsAsTheyAre(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"web-0", "web-0"}, {"größe 日本 …", "größe 日本 …"}, {`a\b"c|<b>=1`, `a\b"c|<b>=1`},
		{"\x1b[31mred", `\x1b[31mred`}, {"two\nlines\r\t", `two\nlines\r\t`}, {"\u202egpj.exe", `\u202egpj.exe`},
		{"\x7f\u0085\u2028\x00", `\x7f\u0085\u2028\x00`}, {"bad\xffutf8", `bad\xffutf8`}, {"\ufffd", `\ufffd`}, {"a\u00a0b", `a\u00a0b`},
	} {
		p := Problem{File: test.text, Line: 1, Column: 2, Path: test.text, What: test.text}
		if got, want := p.Error(), test.want+":1:2: "+test.want+": "+test.want; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheTextOfProblemsIsBounded(t *testing.T) {
	var ps Problems
	for range limits.Problems {
		ps = append(ps, Problem{What: "wrong"})
	}
	if got := strings.Count(ps.Error(), "\n"); got != limits.Problems-1 {
		t.Errorf("%d problems take %d lines", len(ps), got+1)
	}
	ps = append(ps, Problem{What: "wrong"})
	if got := ps.Error(); strings.Count(got, "\n") != limits.Problems || !strings.HasSuffix(got, "\n… and 1 more") {
		t.Errorf("got %q", got)
	}
}

// TestTheSizeOfAFileIsKnownBeforeItIsRead is what spares the reading of large ones.
func TestTheSizeOfAFileIsKnownBeforeItIsRead(t *testing.T) {
	if err := DefaultLimits().CheckSize(limits.FileBytes); err != nil {
		t.Error(err)
	}
	if got := errorText(DefaultLimits().CheckSize(limits.FileBytes + 1)); got != "larger than 128 MiB" {
		t.Errorf("got %s", got)
	}
}

// TestBytesMayComeOneByOne reads from what hands out little at a time.
func TestBytesMayComeOneByOne(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\n": "", "a: \x00": "f:1:4: NUL byte at byte 3", "\xff\xfea\x00": "f:1:1: UTF-16; save it as UTF-8", "": "", "\uFEFFa: 1": "",
	} {
		documents, err := Parse("f", iotest.OneByteReader(strings.NewReader(text)))
		if errorText(err) != want || want == "" && text != "" && len(documents) != 1 {
			t.Errorf("%q: got %d documents, %v", text, len(documents), err)
		}
	}
}

func TestAMisspeltFieldIsNotMissing(t *testing.T) {
	var got sample
	err := newDecoder().Decode(parseOne(t, "txt: a\nbol: b\nbool: true\nelsewhere: c"), &got)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 3 {
		t.Fatalf("got %v", err)
	}
	missing := func(line int, what string) Problem { return Problem{File: "f", Line: line, Column: 1, What: what} }
	for _, test := range []struct {
		of   Problem // an unknown field
		p    Problem
		want bool
	}{
		{problems[0], missing(1, "text is missing"), true},
		{problems[0], missing(1, "int or text is missing; set one"), true},
		{problems[0], missing(2, "text is missing"), false}, // in another map
		{problems[0], missing(1, "int is missing"), false},
		{problems[0], missing(1, "text is wrong"), false},
		{problems[1], missing(1, "bool is missing"), false}, // it is there, too
		{problems[2], missing(1, " is missing"), false},
	} {
		if got := test.of.Meant.Misses(test.p); got != test.want {
			t.Errorf("%v: %v: got %v, want %v", test.of, test.p, got, test.want)
		}
	}
}

func FuzzProblem(f *testing.F) {
	f.Add("a.yaml", "spec.x", "\x1b[2Kgot 1")
	f.Add("\xff", "\u202e", "\n")
	f.Fuzz(func(t *testing.T, file, path, what string) {
		p := Problem{File: file, Line: 1, Column: 1, Path: path, What: what}
		if strings.ContainsFunc(p.Error(), func(c rune) bool { return !unicode.IsPrint(c) || c == unicode.ReplacementChar }) {
			t.Errorf("%q is told as %q", what, p.Error())
		}
	})
}
