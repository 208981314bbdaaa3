package yamlnode

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	syntaxLine    = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// atContext are the complaints for which the YAML reader names the start of the
// surrounding map or list instead of the place that is wrong.
var atContext = []string{
	"did not find expected key",
	"did not find expected '-' indicator",
	"did not find expected ',' or ']'",
	"did not find expected ',' or '}'",
	"did not find expected node content",
	"did not find expected <",
	"control characters",
	"found undefined tag handle",
}

// syntaxProblem gives an error of the YAML reader, which knows at most a line
// and often the wrong one, a position in the file.
func (b *builder) syntaxProblem(chunk []byte, text string) Problem {
	what := strings.TrimPrefix(text, "yaml: ")
	offset := reached(chunk)
	line, column := position(chunk, offset)
	named := 0
	if m := syntaxLine.FindStringSubmatch(what); m != nil {
		named, _ = strconv.Atoi(m[1])
		what = what[len(m[0]):]
	}
	if m := unknownAnchor.FindStringSubmatch(what); m != nil {
		what = "anchor " + quote(m[1]) + " is not defined"
		if i := bytes.LastIndex(chunk[:offset], []byte("*"+m[1])); i >= 0 {
			line, column = position(chunk, i)
		}
	} else {
		line, column = place(chunk, what, named, offset)
		what = explain(chunk, what, line, column)
		if tab, ok := tabBefore(chunk, line); ok {
			column, what = tab, "tab at column "+strconv.Itoa(tab)+"; use spaces"
		}
	}
	return Problem{File: b.source.file, Line: line + b.firstLine, Column: column, What: what}
}

// place returns where the complaint belongs: the line that the YAML reader
// names, unless it names the context or no line that exists.
func place(chunk []byte, what string, named, offset int) (line, column int) {
	line, _ = position(chunk, lastText(chunk, offset))
	context := false
	for _, prefix := range atContext {
		context = context || strings.HasPrefix(what, prefix)
	}
	if !context && named > 0 && named <= line {
		line = named
	} else if !context && named == 0 {
		line = 1
	}
	text := lineAt(chunk, line)
	indent := len(text) - len(bytes.TrimLeft(text, " "))
	return line, indent + 1
}

// lastText returns the offset of the last character before offset that is not
// blank, so that a reader which has looked past the end of a line, or of the
// file, is not taken to complain about the next.
func lastText(chunk []byte, offset int) int {
	end := len(bytes.TrimRight(chunk[:offset], " \t\r\n"))
	if end == 0 {
		return 0
	}
	_, size := utf8.DecodeLastRune(chunk[:end])
	return end - size
}

// tabBefore returns the column of a tab in the indentation of the line.
func tabBefore(chunk []byte, line int) (column int, ok bool) {
	text := lineAt(chunk, line)
	indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
	tab := bytes.IndexByte(indent, '\t')
	return tab + 1, tab >= 0 && len(indent) < len(text)
}

// explain puts the commonest complaints of the YAML reader in plain words.
func explain(chunk []byte, what string, line, column int) string {
	switch {
	case what == "mapping values are not allowed in this context":
		return `unexpected ":"; check the indentation or quote the text`
	case what == "found character that cannot start any token":
		text := []rune(string(lineAt(chunk, line)))
		for _, c := range text[min(column-1, len(text)):] {
			if strings.ContainsRune("@`%", c) {
				return "no value starts with " + strconv.QuoteRune(c) + "; quote it"
			}
		}
	case what == "found unexpected end of stream":
		return "ends inside quotes; close them"
	case what == "did not find expected <document start>":
		return "text after the end of the document; check the indentation"
	case strings.HasPrefix(what, "did not find expected key"), strings.HasPrefix(what, "did not find expected '-'"):
		return what + "; check the indentation"
	}
	return what
}
