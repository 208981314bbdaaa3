package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"

	"github.com/podsim/podsim/sim/fault"
)

// inputs hashes what comes into a run from outside, as it comes: arrivals by
// source, and faults. Within a run of one horizon, or of none, neither depends on
// any decision: sources are read in their own order, and the next strike of a fault
// follows from the end of the one before.
type inputs struct {
	sources []hash.Hash
	faults  hash.Hash
	steps   hash.Hash // nil if there were none
	text    []byte
}

func newInputs(sources int) inputs {
	in := inputs{sources: make([]hash.Hash, sources), faults: sha256.New()}
	for i := range in.sources {
		in.sources[i] = sha256.New()
	}
	return in
}

// InputDigest returns a SHA-256, in hexadecimal, over what has come from outside so
// far: every arrival with its time, template, name, lifetime, run time and
// scalings, every strike of a fault with its time, end and nodes, every step of the
// user, and the seed with the laws of the templates, from which all other draws of
// pods follow. It is the same under every scheduler, engine and latency, if runs go to
// the same horizon or have none. Templates are told apart by their content, without
// the name of the scheduler: who decides is policy. Nodes enter it as far as faults and
// steps hit them, so that policies with other nodes share it only in runs without.
func (s *Simulation) InputDigest() string {
	all := sha256.New()
	text := binary.AppendUvarint(nil, s.config.Seed)
	text = appendLaw(text, s.config.Kubelet.RunTime)
	text = binary.AppendUvarint(text, uint64(len(s.inputs.sources)))
	all.Write(text)
	for _, source := range s.inputs.sources {
		all.Write(source.Sum(nil))
	}
	all.Write(s.inputs.faults.Sum(nil))
	if s.inputs.steps != nil {
		all.Write(s.inputs.steps.Sum(nil))
	}
	return hex.EncodeToString(all.Sum(nil))
}

// arrived takes in an arrival.
func (in *inputs) arrived(source int, a *Arrival, v contentView) {
	b := binary.AppendVarint(in.text[:0], int64(a.At))
	b = v.appendText(b, a.Name)
	b = binary.AppendVarint(b, int64(a.Ordinal))
	b = binary.AppendVarint(b, int64(a.Lifetime))
	b = binary.AppendVarint(b, int64(a.RunTime))
	b = binary.AppendVarint(b, int64(a.Parent))
	b = binary.AppendUvarint(b, uint64(len(a.Scalings)))
	for _, scaling := range a.Scalings {
		b = binary.AppendVarint(b, int64(scaling.After))
		b = binary.AppendVarint(b, int64(scaling.Replicas))
	}
	if a.Template != nil {
		b = append(b, a.Template.content[:]...)
	}
	if a.PastPod != nil || a.PastOwner != nil || a.PastNode != nil {
		b = v.append(b, a.PastPod)
		b = v.append(b, a.PastOwner)
		b = v.append(b, a.PastNode)
	}
	in.sources[source].Write(b)
	in.text = b
}

// struck takes in a strike of a fault.
func (in *inputs) struck(k *strike, f *fault.Fault, v contentView) {
	b := v.appendText(in.text[:0], f.Name)
	b = binary.AppendUvarint(b, uint64(k.Number))
	b = binary.AppendVarint(b, int64(k.At))
	b = binary.AppendVarint(b, int64(k.end))
	names := make([]string, len(k.nodes))
	for i, id := range k.nodes {
		names[i] = v.view.Node(id).Name()
	}
	slices.Sort(names)
	b = v.appendTexts(b, names)
	if f.Action != fault.Crash {
		b = append(b, byte(f.Action))
	}
	if f.Action > fault.Reboot {
		b = binary.AppendUvarint(b, math.Float64bits(f.Factor))
		b = binary.AppendVarint(b, int64(f.Delay))
		b = binary.AppendVarint(b, int64(f.Notice))
		b = binary.AppendVarint(b, int64(f.Warning))
		for _, registry := range f.Registries {
			b = appendString(b, registry)
		}
	}
	in.faults.Write(b)
	in.text = b
}

// stepped takes in a step of the user.
func (in *inputs) stepped(step *Step, v contentView) {
	if in.steps == nil {
		in.steps = sha256.New()
	}
	b := binary.AppendVarint(in.text[:0], int64(step.At))
	b = appendString(b, step.Text)
	b = appendString(b, step.Refused)
	if step.Invalid != "" {
		b = appendString(b, step.Invalid)
	}
	b = v.append(append(b, byte(step.Kind)), step.Object)
	b = binary.AppendVarint(b, int64(step.Replicas))
	b = binary.AppendVarint(b, step.Revision)
	b = binary.AppendVarint(b, int64(step.Grace))
	b = v.append(b, step.Labels)
	b = v.append(b, step.Taint)
	b = v.append(b, [3]bool{step.Force, step.Overwrite, step.Same})
	if step.Policy != nil {
		b = v.append(b, step.Policy)
	}
	if step.Kind > StepDelete && step.Kind < StepJoin {
		b = v.append(b, step.Node)
	}
	if step.Service != nil {
		b = v.append(b, step.Service)
	}
	if step.Claim != nil {
		b = v.append(b, step.Claim)
	}
	if step.NodeChange != nil {
		b = v.append(v.append(b, step.Node), *step.NodeChange)
	}
	if step.NodeSpec != nil {
		b = v.append(b, step.NodeSpec)
	}
	if step.Change != nil {
		b = v.append(b, step.Change.Was)
		b = v.append(b, step.Change.Is)
	}
	if step.Template != nil {
		b = append(b, step.Template.content[:]...)
	}
	in.steps.Write(b)
	in.text = b
}
