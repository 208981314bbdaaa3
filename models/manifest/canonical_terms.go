package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// relations writes what relates a pod to other pods, to volumes and to features of
// nodes. Of requirements on the label without, the values are left out.
func (w *canonicalWriter) relations(pod *models.PodSpec, without string) {
	for _, list := range []struct {
		name  string
		terms []models.AffinityTerm
	}{
		{"affinity", pod.Affinity}, {"antiAffinity", pod.AntiAffinity},
		{"preferredAffinity", pod.PreferredAffinity}, {"preferredAntiAffinity", pod.PreferredAntiAffinity},
	} {
		for i := range list.terms {
			t := &list.terms[i]
			namespaces := w.strs(t.Namespaces)
			slices.Sort(namespaces) // by name: symbols depend on the order of reading
			w.line(list.name, t.Weight, w.str(t.TopologyKey), len(namespaces), strings.Join(namespaces, " "))
			w.selector("pods", &t.Selector, without)
			w.selector("namespaces", &t.NamespaceSelector, "")
		}
	}
	for i := range pod.Spread {
		s := &pod.Spread[i]
		w.line("spread", w.str(s.TopologyKey), s.MaxSkew, s.MinDomains, s.Soft, s.IgnoreAffinity, s.HonorTaints)
		w.selector("pods", &s.Selector, without)
	}
	if pod.LocalStorage {
		w.line("localStorage")
	}
	if pod.Marks != 0 && without == "" { // names of ReplicaSets are older than this
		w.line("marks", pod.Marks)
	}
	for i := range pod.Volumes {
		w.line("volume", w.text(reflect.ValueOf(pod.Volumes[i])))
	}
	for _, feature := range pod.Features {
		w.line("feature", w.str(feature))
	}
}

func (w *canonicalWriter) strs(syms []models.Sym) []string {
	texts := make([]string, len(syms))
	for i, sym := range syms {
		texts[i] = w.str(sym)
	}
	return texts
}

func (w *canonicalWriter) selector(name string, s *models.LabelSelector, without string) {
	w.line(name, s.None, len(s.Requirements))
	for i := range s.Requirements {
		r := &s.Requirements[i]
		if without != "" && w.dict.String(r.Key) == without {
			w.line("requirement", w.str(r.Key), r.Op)
			continue
		}
		w.line("requirement", w.str(r.Key), r.Op, len(r.Values), strings.Join(w.strs(r.Values), " "))
	}
}

// text writes any value, with strings in the place of symbols.
func (w *canonicalWriter) text(v reflect.Value) string {
	if sym, ok := v.Interface().(models.Sym); ok {
		return w.str(sym)
	}
	var parts []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			parts = append(parts, w.text(v.Field(i)))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			parts = append(parts, w.text(v.Index(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			parts = append(parts, w.text(v.Elem()))
		}
	default:
		return fmt.Sprint(v.Interface())
	}
	return "(" + strings.Join(parts, " ") + ")"
}
