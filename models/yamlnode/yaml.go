package yamlnode

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// builder turns the documents of one file into nodes.
type builder struct {
	limits    Limits
	source    *source
	problems  Problems
	firstLine int // lines of the file before the present chunk
	endLine   int // where the present chunk ends, within it
	endColumn int

	aliasNodes int // nodes added by aliases so far, in the whole file
	anchors    map[*yaml.Node]*anchored
	path       pathStack
	failed     bool // the present document broke a limit
	arena      []Node
}

// anchored is a subtree that aliases may repeat.
type anchored struct {
	built
	done bool
}

// built is a finished subtree with what repeating it would cost.
type built struct {
	node   *Node
	size   int // nodes, aliases expanded
	height int // levels of maps and lists, aliases expanded
}

// chunk reads one document, rarely more, and returns the non-empty roots. JSON
// values may follow each other without a mark between.
func (b *builder) chunk(chunk []byte) []*Node {
	hideVersion(chunk)
	b.endLine, b.endColumn = position(chunk, len(chunk))
	if roots, ok := b.jsonRoots(chunk); ok {
		return roots
	}
	var roots []*Node
	decoder := yaml.NewDecoder(bytes.NewReader(chunk))
	for {
		tree, err := decodeTree(decoder)
		if errors.Is(err, io.EOF) {
			return roots
		}
		if err != nil {
			b.problems = append(b.problems, b.syntaxProblem(chunk, err.Error()))
			return nil
		}
		if len(tree.Content) != 1 || isEmpty(tree.Content[0]) {
			continue
		}
		b.anchors, b.failed, b.path = make(map[*yaml.Node]*anchored), false, b.path[:0]
		root := b.build(tree.Content[0], 0).node
		if !b.failed {
			roots = append(roots, root)
		}
	}
}

// hideVersion makes comments of version directives. The YAML reader refuses
// YAML 1.2 by number although it reads it.
func hideVersion(chunk []byte) {
	for line := range bytes.Lines(chunk) {
		text := bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("%YAML 1.")):
			line[0] = '#'
		case len(text) > 0 && text[0] != '#' && text[0] != '%':
			return
		}
	}
}

// decodeTree reads the next document. The YAML reader panics where it meets a
// state it thinks impossible; to us that is one more syntax error.
func decodeTree(decoder *yaml.Decoder) (tree yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	err = decoder.Decode(&tree)
	return tree, err
}

// reached returns how many bytes of a broken chunk the YAML reader takes before
// it gives up, fed with single bytes.
func reached(chunk []byte) int {
	counter := &byteReader{data: chunk}
	decoder := yaml.NewDecoder(counter)
	for {
		if _, err := decodeTree(decoder); err != nil {
			return counter.offset
		}
	}
}

// byteReader hands out one byte at a time.
type byteReader struct {
	data   []byte
	offset int
}

func (r *byteReader) Read(p []byte) (int, error) {
	if r.offset == len(r.data) || len(p) == 0 {
		return 0, io.EOF
	}
	p[0] = r.data[r.offset]
	r.offset++
	return 1, nil
}

// isEmpty reports whether a document holds nothing: only comments between marks.
func isEmpty(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Tag == "!!null" && y.Value == "" && y.Style == 0 && y.Anchor == ""
}

// build turns y into a node; depth maps and lists are around it.
func (b *builder) build(y *yaml.Node, depth int) built {
	if b.failed {
		return b.null(y)
	}
	if y.Kind == yaml.AliasNode {
		return b.alias(y, depth)
	}
	var anchor *anchored
	if y.Anchor != "" {
		anchor = &anchored{}
		b.anchors[y] = anchor
	}
	var result built
	switch y.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if depth == b.limits.Depth {
			return b.fail(y, b.limits.tooDeep())
		}
		if y.Kind == yaml.MappingNode {
			result = b.mapping(y, depth)
		} else {
			result = b.sequence(y, depth)
		}
	default:
		result = b.scalar(y)
	}
	if anchor != nil {
		anchor.built, anchor.done = result, true
	}
	return result
}

// alias repeats the subtree of an anchor. The YAML reader guards only its own
// decoding against alias bombs, not its trees, so growth is counted here.
func (b *builder) alias(y *yaml.Node, depth int) built {
	anchor := b.anchors[y.Alias]
	if anchor == nil || !anchor.done {
		return b.fail(y, fmt.Sprintf("anchor %s contains itself", quote(y.Value)))
	}
	b.aliasNodes += anchor.size
	if b.aliasNodes > b.limits.AliasNodes {
		return b.fail(y, b.limits.tooManyAliased())
	}
	if depth+anchor.height > b.limits.Depth {
		return b.fail(y, b.limits.tooDeep())
	}
	return anchor.built
}

func (b *builder) sequence(y *yaml.Node, depth int) built {
	b.checkTag(y, "!!seq")
	n := b.newNode(y, Seq)
	result := built{node: n, size: 1}
	n.Items = make([]*Node, len(y.Content))
	for i, item := range y.Content {
		b.path.pushIndex(i)
		child := b.build(item, depth+1)
		b.path.pop()
		n.Items[i] = child.node
		result.size += child.size
		result.height = max(result.height, child.height)
	}
	result.height++
	return result
}

func (b *builder) scalar(y *yaml.Node) built {
	kind := String
	if y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		kind = resolve(y.Value)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		kind = b.taggedKind(y)
	}
	n := b.newNode(y, kind)
	n.Text = y.Value
	return built{node: n, size: 1}
}

// taggedKind returns the kind that an explicit tag gives a scalar.
func (b *builder) taggedKind(y *yaml.Node) Kind {
	var want Kind
	switch y.Tag {
	case "!!str":
		return String
	case "!!int":
		want = Int
	case "!!float":
		want = Float
	case "!!bool":
		want = Bool
	case "!!null":
		want = Null
	default:
		b.add(y, fmt.Sprintf("tag %s is not read", quote(y.Tag)))
		return Null
	}
	if written := resolve(y.Value); written == want || want == Float && written == Int {
		return want
	}
	b.add(y, fmt.Sprintf("got %s; want %s by its tag", quote(y.Value), want))
	return Null
}

func (b *builder) checkTag(y *yaml.Node, plain string) {
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != plain {
		b.add(y, fmt.Sprintf("tag %s is not read", quote(y.Tag)))
	}
}

// allocate takes a node from the arena: one allocation serves many.
func (b *builder) allocate() *Node {
	if len(b.arena) == 0 {
		b.arena = make([]Node, 256)
	}
	n := &b.arena[0]
	b.arena = b.arena[1:]
	return n
}

func (b *builder) newNode(y *yaml.Node, kind Kind) *Node {
	n := b.allocate()
	line, column := b.at(y)
	*n = Node{Kind: kind, Line: int32(line), Column: int32(column), source: b.source}
	return n
}

// at returns the position of y in the file. The YAML reader adds a line break to
// a text that ends without one and may put the missing last value after it.
func (b *builder) at(y *yaml.Node) (line, column int) {
	if y.Line > b.endLine {
		return b.endLine + b.firstLine, b.endColumn
	}
	return y.Line + b.firstLine, y.Column
}

func (b *builder) null(y *yaml.Node) built {
	return built{node: b.newNode(y, Null), size: 1}
}

// add notes a problem at y and the present path.
func (b *builder) add(y *yaml.Node, what string) {
	line, column := b.at(y)
	b.problems = append(b.problems, Problem{
		File:   b.source.file,
		Line:   line,
		Column: column,
		Path:   b.path.String(),
		What:   what,
	})
}

// fail notes a problem and gives up the present document.
func (b *builder) fail(y *yaml.Node, what string) built {
	b.add(y, what)
	b.failed = true
	return b.null(y)
}
