package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// buyable is a candidate before its nodes are compiled.
type buyable struct {
	CandidateSpec
	name  string // of its node group
	at    place
	shape *shape  // nil for a group of the scenario
	group *object // that makes its nodes
	zones []string
	racks int
	price float64
}

// readBooks gathers the shapes of the price books: of --price-book alone, if it is
// given, else of the stream and of the plan.
func (b *planBuilder) readBooks() {
	seen := make(map[string]*shape)
	if b.in.PriceBook == nil {
		b.shapes = b.base.shapes
		for _, s := range b.shapes {
			seen[s.Name] = s
		}
	}
	switch {
	case b.in.PriceBook != nil:
		b.readBook(hold(*b.in.PriceBook), seen)
	case b.spec.PriceBook != "":
		file, err := holdBeside(b.document, b.spec.PriceBook)
		if err != nil {
			b.blame(b.at(false, "", "spec.priceBook"), "", "%s: %v", quote(b.spec.PriceBook), err)
			return
		}
		b.readBook(file, seen)
	}
	for _, s := range b.shapes {
		b.out.Currency = cmp.Or(b.out.Currency, s.currency)
	}
}

// readBook reads a file with price books.
func (b *planBuilder) readBook(held *heldFile, seen map[string]*shape) {
	l := newLoader(Input{Table: b.in.Base.Table})
	file := held.file()
	from, reader, err := l.enter(&file)
	if err != nil {
		b.blame(place{flag: held.name}, "", "%v", err)
		return
	}
	documents, err := yamlnode.Parse(from.shown, l.digest.documents(from.shown, reader))
	l.problems = append(l.problems, asProblems(err)...)
	if len(documents) == 0 && err == nil {
		l.problems = append(l.problems, yamlnode.Problem{File: from.shown, What: "empty file; want kind: PriceBook"})
	}
	for _, document := range documents {
		switch o := newObject(document, from); {
		case o.own && o.kind == "PriceBook":
			b.shapes = append(b.shapes, l.readPriceBook(o, seen)...)
		default:
			l.blame(o, "kind", "got %s; want PriceBook", quote(o.kind))
		}
	}
	l.closeFiles()
	inputs, _ := l.digest.sum()
	b.books = append(b.books, inputs...)
	b.problems = append(b.problems, asProblems(l.judge())...)
}

// chooseCandidates finds what can be bought: what the Plan and the options name; if
// neither does, the shapes of the price books, else the node groups of the scenario.
func (b *planBuilder) chooseCandidates() {
	if b.isBad {
		return
	}
	for i := range b.spec.Candidates {
		at := b.at(false, "", yamlnode.IndexPath("spec.candidates", i))
		b.addCandidate(b.spec.Candidates[i], at)
	}
	for _, text := range b.in.Candidates {
		b.addOption(text)
	}
	if len(b.spec.Candidates) == 0 && len(b.in.Candidates) == 0 {
		b.addAll()
	}
	if n := len(b.buyables); n > limits.Candidates {
		b.blame(place{flag: "--candidate"}, "", "%d candidates; want at most %d", n, limits.Candidates)
	}
	b.chooseAim()
}

// addAll makes a candidate of everything that there is.
func (b *planBuilder) addAll() {
	b.note("nothing says how many nodes there may be: at most %d of each candidate", defaultMost)
	for _, s := range b.shapes {
		b.addCandidate(CandidateSpec{Shape: s.Name}, place{object: s.book, path: s.path})
	}
	if len(b.shapes) > 0 || len(b.problems) > 0 {
		return
	}
	for _, o := range b.base.byKind("NodeGroup") {
		b.addCandidate(CandidateSpec{Group: o.name}, place{object: o})
	}
	if len(b.buyables) == 0 {
		b.blame(b.at(false, "--candidate", "spec.candidates"), "", "nothing can be bought; want a price book, or a NodeGroup in the scenario")
	}
}

func (b *planBuilder) shapeNames() (names []string) {
	for _, s := range b.shapes {
		names = append(names, s.Name)
	}
	return names
}

// addOption adds a candidate of the command line, or changes the counts of one.
func (b *planBuilder) addOption(text string) {
	at := place{flag: "--candidate " + shorten(text)}
	spec, err := parseCandidate(text)
	if err != nil {
		b.blame(at, "", "%v", err)
		return
	}
	name := spec.Shape
	i := slices.IndexFunc(b.buyables, func(c *buyable) bool { return c.name == name })
	switch {
	case i >= 0:
		c := b.buyables[i]
		c.Min, c.Max, c.Step, c.at = spec.Min, spec.Max, spec.Step, at
	case slices.Contains(b.shapeNames(), name):
		b.addCandidate(spec, at)
	case slices.Contains(b.base.groupNames(), name):
		spec.Shape, spec.Group = "", name
		b.addCandidate(spec, at)
	default:
		b.blame(at, "", "%s", unknown("shape or node group", name, slices.Concat(b.shapeNames(), b.base.groupNames())))
		return
	}
	for _, wrong := range spec.problems() {
		b.blame(at, "", "%s: %s", wrong.field, wrong.what)
	}
}

// parseCandidate reads NAME, NAME=MOST, NAME=LEAST..MOST or NAME=LEAST..MOST/STEP.
func parseCandidate(text string) (CandidateSpec, error) {
	name, counts, given := strings.Cut(strings.TrimSpace(text), "=")
	spec := CandidateSpec{Shape: strings.TrimSpace(name)}
	if !given {
		return spec, nil
	}
	wrong := fmt.Errorf("got %s; want NAME=LEAST..MOST, such as m-16=3..60, or m-16=0..60/3 by steps of 3", quote(text))
	counts, step, stepped := strings.Cut(counts, "/")
	least, most, ranged := strings.Cut(counts, "..")
	if !ranged {
		least, most = "0", counts
	}
	read := func(text string, to *int) bool {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		*to = n
		return err == nil && n >= 0 && n <= limits.Nodes
	}
	spec.Max = new(int)
	if !read(least, &spec.Min) || !read(most, spec.Max) || stepped && (!read(step, &spec.Step) || spec.Step == 0) {
		return spec, wrong
	}
	return spec, nil
}

// addCandidate finds what a candidate names.
func (b *planBuilder) addCandidate(spec CandidateSpec, at place) {
	c := &buyable{CandidateSpec: spec, name: spec.name(), at: at, racks: spec.Racks}
	if spec.Group != "" {
		b.addGroup(c)
		return
	}
	i := slices.IndexFunc(b.shapes, func(s *shape) bool { return s.Name == spec.Shape })
	if i < 0 {
		if len(b.shapes) == 0 && len(b.problems) > 0 {
			return // the price book is wrong, which has been told
		}
		b.blame(at, "shape", "%s", unknown("shape", spec.Shape, b.shapeNames()))
		return
	}
	c.shape = b.shapes[i]
	c.price, c.zones = c.shape.Price, spec.Zones
	if spec.Price != nil {
		c.price = *spec.Price
	}
	if len(c.zones) == 0 {
		c.zones = c.shape.Zones
	}
	if len(c.zones) == 0 {
		c.zones = b.base.zones()
	}
	if slices.Contains(b.base.groupNames(), c.name) && !b.replaces() {
		b.blame(at, "", "%s is the name of a NodeGroup of the scenario; want another name", quote(c.name))
		return
	}
	label := "candidate " + c.name
	group, err := c.shape.group(label, c)
	if err != nil {
		b.problems = append(b.problems, asProblems(err)...)
		return
	}
	b.places[label] = at
	c.group = group
	b.buyables = append(b.buyables, c)
}

// addGroup adds a node group of the scenario.
func (b *planBuilder) addGroup(c *buyable) {
	i := slices.IndexFunc(b.base.documents, func(o *object) bool { return o.own && o.kind == "NodeGroup" && o.name == c.Group })
	if i < 0 {
		b.blame(c.at, "group", "%s", unknown("node group", c.Group, b.base.groupNames()))
		return
	}
	c.group = b.base.documents[i]
	for i := range b.base.run.Groups {
		if g := &b.base.run.Groups[i]; g.Name == c.Group {
			c.price = g.Price
		}
	}
	if c.Price != nil {
		c.price = *c.Price
	}
	if zones := c.group.at("spec.zones"); zones != nil {
		for _, zone := range zones.Items {
			c.zones = append(c.zones, zone.Text)
		}
	}
	if racks := c.group.at("spec.racks"); racks != nil {
		c.racks, _ = strconv.Atoi(racks.Text)
	}
	b.buyables = append(b.buyables, c)
}

// replaces reports whether nodes that are no candidates go.
func (b *planBuilder) replaces() bool { return cmp.Or(b.in.Nodes, b.spec.Nodes) == "replace" }

// chooseAim finds what is to be as little as can be.
func (b *planBuilder) chooseAim() {
	p := b.out
	for _, flag := range []struct {
		name, value string
		known       []string
	}{{"minimise", b.in.Minimise, []string{"cost", "nodes"}}, {"nodes", b.in.Nodes, []string{"keep", "replace"}}} {
		if flag.value != "" && !slices.Contains(flag.known, flag.value) {
			b.blame(place{flag: "--" + flag.name + " " + shorten(flag.value)}, "", "%s", unknown(flag.name, flag.value, flag.known))
		}
	}
	var free *buyable
	priced := false
	for _, c := range b.buyables {
		if c.price > 0 {
			priced = true
		} else if free == nil {
			free = c
		}
	}
	p.Minimise = cmp.Or(b.in.Minimise, b.spec.Minimise)
	switch {
	case p.Minimise == "" && !priced:
		p.Minimise = "nodes"
		b.note("no candidate has a price: the number of nodes is to be as little as can be")
	case p.Minimise == "":
		p.Minimise = "cost"
	}
	if p.Minimise == "cost" && free != nil {
		b.blameFree(free)
	}
}

// blameFree points at where the price of a candidate is 0, or at the candidate if nothing
// says it.
func (b *planBuilder) blameFree(c *buyable) {
	at, field := c.at, "price"
	switch {
	case c.Price != nil:
	case c.shape != nil:
		at = place{object: c.shape.book, path: c.shape.path}
	case c.group.at("spec.price") != nil:
		at, field = place{object: c.group}, "spec.price"
	default:
		b.blame(at, "", "%s has no price; want one, or minimise: nodes", c.name)
		return
	}
	b.blame(at, field, "the price of %s is 0; want more than 0, or minimise: nodes", c.name)
}

// probe is the number of nodes of a candidate with which the plan is tried: one in each
// rack of each zone, if there may be as many.
func (c *buyable) probe() int {
	least, most, step := c.bounds()
	want := max(len(c.zones), 1) * max(c.racks, 1)
	if want > least {
		least += (want - least + step - 1) / step * step
	}
	return min(least, most)
}

// candidate is what the plan says of one that was compiled into nodes.
func (c *buyable) candidate(l *loader) Candidate {
	out := Candidate{Name: c.name, Price: c.price, Zones: slices.Clone(c.zones), Spot: c.shape != nil && c.shape.Spot, Allocatable: make(map[string]string)}
	out.Min, out.Max, out.Step = c.bounds()
	for _, node := range l.run.Config.Nodes {
		if l.dict.String(node.Group) == c.name {
			out.Node = node
			break
		}
	}
	for r, name := range l.dict.ResourceNames() {
		if amount := out.Node.Allocatable[r]; amount > 0 {
			format := models.DecimalSI
			if name == "memory" || name == "ephemeral-storage" || strings.HasPrefix(name, "hugepages-") {
				format = models.BinarySI
			}
			out.Allocatable[name] = models.FormatQuantity(amount, name == "cpu", format)
		}
	}
	return out
}
