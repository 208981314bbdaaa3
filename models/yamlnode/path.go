package yamlnode

import (
	"strconv"
	"strings"
)

// KeyPath returns path extended by a map key, in the style of Kubernetes:
// spec.replicas, or labels["app.kubernetes.io/name"] for a key that is not a
// plain word.
func KeyPath(path, key string) string {
	if !isWord(key) {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// IndexPath returns path extended by a list index: containers[0].
func IndexPath(path string, index int) string {
	return path + "[" + strconv.Itoa(index) + "]"
}

// Locate returns the node at path under root, or the deepest existing node on
// the way there, so that a complaint about a missing field points at its parent.
// It returns nil only for a nil root.
func Locate(root *Node, path string) *Node {
	n := root
	for path != "" && n != nil {
		step, rest, ok := cutStep(path)
		if !ok {
			return n
		}
		var next *Node
		if step.isIndex {
			next = n.Item(step.index)
		} else {
			next = n.Get(step.key)
		}
		if next == nil {
			return n
		}
		n, path = next, rest
	}
	return n
}

// step is one part of a path: a map key or a list index.
type step struct {
	key     string
	index   int
	isIndex bool
}

// pathStack is the path of a walk, turned into text only when something is wrong.
type pathStack []step

func (p *pathStack) pushKey(key string) { *p = append(*p, step{key: key}) }
func (p *pathStack) pushIndex(i int)    { *p = append(*p, step{index: i, isIndex: true}) }
func (p *pathStack) pop()               { *p = (*p)[:len(*p)-1] }

func (p pathStack) String() string {
	path := ""
	for _, s := range p {
		if s.isIndex {
			path = IndexPath(path, s.index)
		} else {
			path = KeyPath(path, s.key)
		}
	}
	return path
}

// cutStep splits the first step off a path.
func cutStep(path string) (s step, rest string, ok bool) {
	if path[0] != '[' {
		path = strings.TrimPrefix(path, ".")
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		return step{key: path[:end]}, path[end:], end > 0
	}
	inner := path[1:]
	if quoted, err := strconv.QuotedPrefix(inner); err == nil {
		key, err := strconv.Unquote(quoted)
		rest, closed := strings.CutPrefix(inner[len(quoted):], "]")
		return step{key: key}, rest, closed && err == nil
	}
	digits, rest, closed := strings.Cut(inner, "]")
	index, err := strconv.Atoi(digits)
	return step{index: index, isIndex: true}, rest, closed && err == nil
}

func isWord(key string) bool {
	for i := 0; i < len(key); i++ {
		c := key[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '_' && c != '-' {
			return false
		}
	}
	return key != ""
}
