package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// What a run depends on is hashed as values, so that the layout and the comments
// of a file do not count, nor what the same file says of other policies.

// addNode takes in a value. Maps keep the order in which they are written.
func addNode(h hash.Hash, n *yamlnode.Node) {
	addNumber(h, uint64(n.Kind))
	switch n.Kind {
	case yamlnode.Map:
		addNumber(h, uint64(len(n.Fields)))
		for i := range n.Fields {
			addWords(h, n.Fields[i].Name)
			addNode(h, n.Fields[i].Value)
		}
	case yamlnode.Seq:
		addNumber(h, uint64(len(n.Items)))
		for _, item := range n.Items {
			addNode(h, item)
		}
	case yamlnode.Null:
	default:
		addWords(h, n.Text)
	}
}

func addWord(h hash.Hash, name string, words ...string) {
	addWords(h, name)
	addNumber(h, uint64(len(words)))
	addWords(h, words...)
}

// data returns the digests of the files that hold data.
func (d *digest) data() []string {
	var out []string
	for _, f := range d.files {
		if !f.isDocuments {
			out = append(out, hex.EncodeToString(f.hash.Sum(nil)))
		}
	}
	return out
}

// sum computes the digests of the experiment and its policies.
func (b *experimentBuilder) sum() {
	e := b.out
	e.content = b.baseDigest()
	all := sha256.New()
	addWords(all, e.content)
	for i := range e.Policies {
		e.Policies[i].Digest = b.policyDigest(i)
		addWord(all, "policy", e.Policies[i].Digest)
	}
	for i := range e.Axes {
		addWord(all, "axis", append([]string{e.Axes[i].Set}, e.Axes[i].Values...)...)
	}
	e.Digest = hex.EncodeToString(all.Sum(nil))
	first := make(map[string]string)
	for i := range e.Policies {
		p := &e.Policies[i]
		if same := first[p.Digest]; same != "" {
			b.note("policies %s and %s say the same", same, p.Name)
		} else {
			first[p.Digest] = p.Name
		}
	}
}

// baseDigest covers what all runs have in common.
func (b *experimentBuilder) baseDigest() string {
	h := sha256.New()
	b.base.addContent(h, &b.in.Base)
	addWord(h, "warm-up", strconv.FormatInt(int64(b.out.WarmUp), 10))
	for i := range b.out.Custom {
		m := &b.out.Custom[i]
		addWord(h, "metric", m.Name, m.Unit, m.Better, m.Over, m.Where, m.Value, m.Reduce)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// addContent takes in what the documents say of what happens, and what the command
// line changes of it.
func (l *loader) addContent(h hash.Hash, in *Input) {
	for _, o := range l.documents {
		if !o.own || !isAboutRuns(o.kind) {
			addWords(h, "document")
			addNode(h, o.root)
		}
	}
	if l.imposed != nil {
		addWords(h, "scheduler")
		addNode(h, l.imposed.root)
	}
	for _, text := range in.Set {
		target, _, _ := strings.Cut(strings.TrimSpace(text), ".")
		if kind, _, _ := strings.Cut(target, "/"); !isAboutRuns(kind) {
			addWord(h, "set", text)
		}
	}
	if len(in.At) > 0 {
		addWord(h, "at", in.At...)
	}
	addWord(h, "profile", in.Profile)
	addWord(h, "for", strconv.FormatInt(int64(in.For), 10))
	addWord(h, "data", slices.Sorted(maps.Keys(in.Data))...)
	addWord(h, "files", l.digest.data()...)
	if in.Demand != 0 && in.Demand != 1 {
		addWord(h, "demand", number(in.Demand))
	}
}

// policyDigest covers what a policy changes, the data that it brings included.
func (b *experimentBuilder) policyDigest(policy int) string {
	h, p := sha256.New(), &b.out.Policies[policy]
	addWord(h, "profile", p.Profile)
	addWord(h, "set", p.Set...)
	if p.stream != nil {
		addEviction(h, p.stream.object)
	}
	if p.file != nil {
		l := newLoader(Input{})
		file := p.file.file()
		documents := l.readPolicyFile(&file)
		l.closeFiles()
		if documents.descheduler != nil {
			addWords(h, "descheduler")
			addNode(h, documents.descheduler.root)
		}
		if documents.policy != nil {
			addEviction(h, documents.policy)
		}
		if documents.scheduler != nil {
			addWords(h, "scheduler")
			addNode(h, documents.scheduler.root)
		}
		for _, o := range documents.others {
			addWords(h, "document")
			addNode(h, o.root)
		}
	}
	known := make(map[string]bool)
	for _, digest := range b.base.digest.data() {
		known[digest] = true
	}
	for i := range b.trials {
		if b.trials[i].policy != policy {
			continue
		}
		for _, digest := range b.trials[i].data {
			if !known[digest] {
				known[digest] = true
				addWord(h, "file", digest)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// addEviction takes in what a Policy says of evictions.
func addEviction(h hash.Hash, o *object) {
	if n := o.at("spec.eviction"); n != nil {
		addWords(h, "eviction")
		addNode(h, n)
	}
}

// RunKey names one run by all that its result depends on but the version of podsim:
// a SHA-256 in hexadecimal. Equal content has equal keys, whatever other policies
// and combinations the experiment has.
func (e *Experiment) RunKey(policy, cell int, seed uint64) string {
	h := sha256.New()
	addWords(h, e.content, e.Policies[policy].Digest)
	for _, o := range e.settings[cell] {
		addWords(h, o.text)
	}
	addNumber(h, seed)
	return hex.EncodeToString(h.Sum(nil))
}
