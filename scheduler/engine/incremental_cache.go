package engine

import (
	"encoding/binary"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

const (
	// cacheBytes is about what classes may take in all, unless told otherwise.
	cacheBytes = 256 << 20
	// trialShare is the part of it for classes that were asked once, inverse.
	trialShare = 8
	// maxTrials and ghostSlots bound how many of these are known.
	maxTrials  = 192
	ghostSlots = 1 << 12
	// minClasses are kept in any case.
	minClasses = 4
)

// classes is a cache of classes. A new one is on trial in a small ring and moves
// to the main part when it is asked again, so that pods of which there is only one
// kind each do not push out what is worth keeping. Keys that were pushed out of the
// ring are remembered for a while.
type classes struct {
	byKey  map[string]*class
	bySpec []specClass
	trials []*class
	next   int // the oldest in trials
	main   []*class
	hand   int
	ghosts []uint64
	buffer []byte
	budget int // in bytes
}

// specClass is the class of a specification as long as generations are equal.
type specClass struct {
	*class
	generation uint32
}

// of returns the class of a pod, and whether it is a new one.
func (cs *classes) of(pod cluster.Pod, nodes int, labels bool) (c *class, fresh bool) {
	if cs.byKey == nil {
		cs.byKey, cs.ghosts = make(map[string]*class), make([]uint64, ghostSlots)
		if cs.budget == 0 {
			cs.budget = cacheBytes
		}
	}
	id := pod.SpecID()
	if labels { // the owner matters
		return cs.find(pod, nodes, true)
	}
	if int(id) >= len(cs.bySpec) {
		cs.bySpec = append(cs.bySpec, make([]specClass, max(int(id)+1, 2*len(cs.bySpec))-len(cs.bySpec))...)
	}
	known := &cs.bySpec[id]
	if known.class != nil && known.generation == known.class.generation {
		cs.touch(known.class, nodes)
		return known.class, false
	}
	c, fresh = cs.find(pod, nodes, false)
	cs.bySpec[id] = specClass{c, c.generation}
	return c, fresh
}

func (cs *classes) find(pod cluster.Pod, nodes int, labels bool) (*class, bool) {
	cs.buffer = appendKey(cs.buffer[:0], pod.Spec())
	if labels {
		cs.buffer = appendLabels(cs.buffer, pod)
	}
	if c := cs.byKey[string(cs.buffer)]; c != nil {
		cs.touch(c, nodes)
		return c, false
	}
	hash := hashKey(cs.buffer)
	ghost := &cs.ghosts[hash%ghostSlots]
	var c *class
	if *ghost == hash {
		c = cs.admit(nodes, nil)
	} else {
		c = cs.try(nodes)
	}
	*ghost = hash
	c.key = string(cs.buffer)
	cs.byKey[c.key] = c
	return c, true
}

// hashKey is the FNV-1a hash of a key; it is not 0.
func hashKey(key []byte) uint64 {
	hash := uint64(14695981039346656037)
	for _, b := range key {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash | 1<<63
}

// touch notes that a class was asked again.
func (cs *classes) touch(c *class, nodes int) {
	c.hot = true
	if c.kept {
		return
	}
	for i := range cs.trials {
		if cs.trials[i] == c {
			cs.trials[i] = cs.admit(nodes, c)
			cs.drop(cs.trials[i])
			return
		}
	}
}

// drop makes the memory of a class free for another.
func (cs *classes) drop(c *class) {
	delete(cs.byKey, c.key)
	c.key, c.kept, c.hot = "", false, false
	c.generation++
}

// try returns memory for a class that is asked for the first time.
func (cs *classes) try(nodes int) *class {
	limit := min(max(cs.budget/trialShare/classSize(nodes), minClasses), maxTrials)
	if len(cs.trials) < limit {
		cs.trials = append(cs.trials, new(class))
		return cs.trials[len(cs.trials)-1]
	}
	cs.next = (cs.next + 1) % len(cs.trials)
	c := cs.trials[cs.next]
	cs.drop(c)
	return c
}

// admit puts c among the main classes and returns memory that is free instead; for
// nil it returns a main class.
func (cs *classes) admit(nodes int, c *class) *class {
	limit := max(cs.budget/classSize(nodes), minClasses)
	var out *class
	if len(cs.main) < limit {
		out = new(class)
		cs.main = append(cs.main, out)
		cs.hand = len(cs.main) - 1
	} else {
		out = cs.evict()
		cs.drop(out)
	}
	if c == nil {
		out.kept, out.hot = true, true
		return out
	}
	cs.main[cs.hand] = c
	c.kept = true
	return out
}

// evict returns a class that was not asked for a round of the hand.
func (cs *classes) evict() *class {
	for {
		cs.hand = (cs.hand + 1) % len(cs.main)
		c := cs.main[cs.hand]
		if !c.hot {
			return c
		}
		c.hot = false
	}
}

// appendKey appends everything that plugins of kept roles may read of a
// specification: all but namespace and labels, what is about other pods, volumes,
// and what no scheduler looks at.
func appendKey(dst []byte, s *models.PodSpec) []byte {
	k := keyWriter(dst)
	k.add(int64(s.Priority))
	k.resources(&s.Requests)
	k.resources(&s.Limits)
	k.add(s.NonZeroCPU, s.NonZeroMemory, s.ScoredCPU, s.ScoredMemory, int64(s.QOS), int64(s.NodeName))
	k.requiredNodes(s)
	k.preferredNodes(s)
	k.tolerations(s.Tolerations)
	k.add(int64(len(s.HostPorts)))
	for _, p := range s.HostPorts {
		k.add(int64(p.Protocol), int64(p.IP), int64(p.Port))
	}
	k.add(int64(len(s.Containers)))
	for _, c := range s.Containers {
		k.add(int64(c.Image), int64(c.Kind))
		k.flag(c.AlwaysPull)
		k.flag(c.NeverPull)
	}
	k.syms(s.ImageVolumes)
	k.syms(s.Features)
	return k
}

// appendLabels appends what ReadsLabels allows to read besides.
func appendLabels(dst []byte, pod cluster.Pod) []byte {
	spec := pod.Spec()
	k := keyWriter(dst)
	k.add(int64(spec.Namespace))
	k.labels(spec.Labels)
	owner := int64(models.None)
	if pod.Owner() != models.None {
		owner = int64(pod.View().Owner(pod.Owner()).SpecID())
	}
	k.add(owner)
	return k
}

type keyWriter []byte

func (k *keyWriter) add(numbers ...int64) {
	for _, n := range numbers {
		*k = binary.AppendVarint(*k, n)
	}
}

func (k *keyWriter) flag(b bool) {
	if b {
		k.add(1)
	} else {
		k.add(0)
	}
}

func (k *keyWriter) resources(r *models.Resources) {
	for i, n := range r {
		if n != 0 {
			k.add(int64(i), n)
		}
	}
	k.add(models.None)
}

func (k *keyWriter) syms(s []models.Sym) {
	k.add(int64(len(s)))
	for _, sym := range s {
		k.add(int64(sym))
	}
}

func (k *keyWriter) labels(ls models.Labels) {
	k.add(int64(len(ls)))
	for _, l := range ls {
		k.add(int64(l.Key), int64(l.Value))
	}
}

func (k *keyWriter) selector(s models.Selector) {
	k.add(int64(len(s)))
	for i := range s {
		k.add(int64(s[i].Key), int64(s[i].Op))
		k.syms(s[i].Values)
	}
}

func (k *keyWriter) term(t *models.NodeTerm) {
	k.selector(t.Labels)
	k.selector(t.Names)
}

// requiredNodes appends what a pod asks of its node.
func (k *keyWriter) requiredNodes(s *models.PodSpec) {
	k.labels(s.NodeSelector)
	k.flag(s.HasRequiredTerms)
	k.add(int64(len(s.RequiredTerms)))
	for i := range s.RequiredTerms {
		k.term(&s.RequiredTerms[i])
	}
}

// preferredNodes appends what a pod would like its node to be.
func (k *keyWriter) preferredNodes(s *models.PodSpec) {
	k.add(int64(len(s.PreferredTerms)))
	for i := range s.PreferredTerms {
		k.add(int64(s.PreferredTerms[i].Weight))
		k.term(&s.PreferredTerms[i].Term)
	}
}

// tolerations leaves out for how long a taint is tolerated: that is not the
// scheduler's.
func (k *keyWriter) tolerations(ts []models.Toleration) {
	k.add(int64(len(ts)))
	for i := range ts {
		k.add(int64(ts[i].Key), int64(ts[i].Value), int64(ts[i].Effect))
		k.flag(ts[i].Exists)
	}
}
