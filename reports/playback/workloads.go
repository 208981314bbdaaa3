package playback

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// workloadsMost bounds the workloads told apart; the first stands for all others.
const workloadsMost = 1024

// others is the workload of all that have none of their own.
const others uint16 = 0

// otherName is what the workloads are called that are told together.
const otherName = "others"

// workload is what users create: the Deployment of a ReplicaSet, the CronJob of a Job.
// Those whose names differ in a number only count as one.
type workload struct {
	workloadName
	pods int64 // that it ever had
}

type workloadName struct {
	kind      string
	namespace models.Sym
	base      string
}

// owner is what is kept of every owner.
type owner struct {
	key      uint32 // of its name: the same under every policy
	workload uint16
}

type workloads struct {
	owners []owner // by OwnerID
	all    []workload
	byName map[workloadName]uint16
}

func (w *workloads) create(op *models.Op, v cluster.View) {
	spec, name := v.Owner(op.Owner).Spec(), v.Dictionary().String(op.Name)
	o := owner{key: keyOf(name, op.Ordinal)}
	if parent := v.Owner(op.Owner).Parent(); parent != models.None {
		o.workload = w.owners[parent].workload
		o.key ^= mix32(w.owners[parent].key)
	} else {
		o.workload = w.find(spec.Kind.String(), spec.Namespace, name, op.Ordinal)
	}
	w.owners = append(w.owners, o)
}

// adopt notes that a ReplicaSet gets a parent.
func (w *workloads) adopt(op *models.Op) {
	w.owners[op.Owner].workload = w.owners[op.Parent].workload
}

func (w *workloads) find(kind string, namespace models.Sym, name string, ordinal int32) uint16 {
	if ordinal == models.Exact {
		name = reports.WithoutNumber(name)
	}
	key := workloadName{kind, namespace, name}
	if i, ok := w.byName[key]; ok {
		return i
	}
	if w.byName == nil {
		w.byName = make(map[workloadName]uint16)
		w.all = []workload{{}}
	}
	if len(w.all) >= workloadsMost {
		return others
	}
	i := uint16(len(w.all))
	w.all = append(w.all, workload{workloadName: key})
	w.byName[key] = i
	return i
}

// of returns the workload of a new pod.
func (w *workloads) of(op *models.Op, v cluster.View) uint16 {
	if op.Owner != models.None {
		return w.owners[op.Owner].workload
	}
	return w.find("Pod", v.Pod(op.Pod).Spec().Namespace, v.Dictionary().String(op.Name), op.Ordinal)
}

// keyOf returns a number by which pods are drawn, the same under every policy.
func (w *workloads) keyOf(pod cluster.Pod) uint64 {
	if owner := pod.Owner(); owner != models.None {
		return mix64(uint64(w.owners[owner].key)<<32 | uint64(uint32(pod.Ordinal())))
	}
	return mix64(uint64(keyOf(pod.View().Dictionary().String(pod.BaseName()), pod.Ordinal())))
}

// name names a workload: Kind namespace/name.
func (w *workloads) name(number uint16, v cluster.View) string {
	if number == others {
		return otherName
	}
	of := &w.all[number]
	return of.kind + " " + v.Dictionary().String(of.namespace) + "/" + of.base
}

// keyOf hashes a name by FNV-1a.
func keyOf(name string, ordinal int32) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h ^ mix32(uint32(ordinal))
}

func mix32(x uint32) uint32 { return uint32(mix64(uint64(x)) >> 32) }

// mix64 is the finalizer of splitmix64: Steele, Lea and Flood, Fast splittable
// pseudorandom number generators (OOPSLA 2014), §4.
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
