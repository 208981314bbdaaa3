package yamlnode

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/podsim/podsim/models/limits"
)

// Kind is what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	Map
	Seq
)

var kindNames = [...]string{"null", "true or false", "a whole number", "a number", "a string", "a map", "a list"}

// String returns the kind in words, as messages use it.
func (k Kind) String() string { return kindNames[k] }

// Document is one document of a file.
type Document struct {
	File  string
	Index int // among the non-empty documents of the file, from 0
	Root  *Node
}

// Node is one value of a document. Nodes are read-only and may be shared: every
// alias of an anchor is the same node and keeps the position of the anchor.
type Node struct {
	Kind   Kind
	Line   int32   // from 1
	Column int32   // from 1, in characters
	Text   string  // of a scalar: as written, without quotes and escapes
	Fields []Field // of a map, in the order written
	Items  []*Node // of a list
	source *source
}

// Field is one entry of a map.
type Field struct {
	Name   string
	Line   int32 // of the name
	Column int32
	Value  *Node
}

// source is what all nodes of a file have in common.
type source struct{ file string }

// File returns the name of the file that holds n.
func (n *Node) File() string {
	if n.source == nil {
		return ""
	}
	return n.source.file
}

// Get returns the value under name, or nil if n is not a map or lacks it.
func (n *Node) Get(name string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return n.Fields[i].Value
		}
	}
	return nil
}

// Item returns the item at index, or nil if n is not a list or too short.
func (n *Node) Item(index int) *Node {
	if n == nil || index < 0 || index >= len(n.Items) {
		return nil
	}
	return n.Items[index]
}

// At follows map keys from n and returns the deepest node that exists.
func (n *Node) At(names ...string) *Node {
	for _, name := range names {
		next := n.Get(name)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// KeyNode returns a string node at the position of the field's name, for
// complaints about the name rather than the value. n is the map.
func (n *Node) KeyNode(f Field) *Node {
	return &Node{Kind: String, Line: f.Line, Column: f.Column, Text: f.Name, source: n.source}
}

// describe says what the node is in a message: a string "abc", 1.5, a map.
func (n *Node) describe() string {
	switch n.Kind {
	case Null:
		return "null"
	case String:
		return "a string " + quote(n.Text)
	case Map, Seq:
		return n.Kind.String()
	}
	return shorten(n.Text)
}

func quote(text string) string { return strconv.Quote(shorten(text)) }

// shorten cuts long text, so that messages stay readable.
func shorten(text string) string {
	if utf8.RuneCountInString(text) > limits.Quoted {
		text = string([]rune(text[:min(len(text), limits.Quoted*utf8.UTFMax)])[:limits.Quoted]) + "…"
	}
	return strings.ToValidUTF8(text, "?")
}
