package kubectl

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func events() *kind {
	return &kind{
		name: "event", plural: "events", short: []string{"ev"},
		columns: []string{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"},
		wide:    []string{"LAST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME"},
		list: func(m *Moment) []object {
			var out []object
			if m.Events == nil {
				return nil
			}
			for _, e := range m.Events.List(m.At) {
				out = append(out, m.event(*e))
			}
			return out
		},
		touched: func(*models.Op, cluster.View) []int32 { return nil }, // Events tell of themselves
	}
}

// event shows an Event. In wide tables the columns stand in between those of narrow
// ones. Source: pkg/printers/internalversion/printers.go (printEvent).
func (m *Moment) event(e Event) object {
	last, first := m.eventAge(&e, e.Last), m.eventAge(&e, e.First)
	target := strings.ToLower(e.About.Kind) + "/" + e.About.Name
	source := e.Component
	if e.Host != "" {
		source += ", " + e.Host
	}
	return object{
		namespace: e.namespace(), name: e.Name, labels: map[string]string{},
		cells:    []string{last, e.Type, e.Reason, target, e.Message},
		wide:     []string{last, e.Type, e.Reason, target, e.About.FieldPath, source, e.Message, first, strconv.Itoa(int(e.Count)), e.Name},
		manifest: func() map[string]any { return m.eventManifest(&e) },
	}
}

// namespace is where the Event itself is: those about objects in no namespace are in
// the default one.
func (e *Event) namespace() string {
	if e.About.Namespace == "" {
		return "default"
	}
	return e.About.Namespace
}

// eventAge is how long ago an Event was; the newer API keeps microseconds.
func (m *Moment) eventAge(e *Event, t models.Time) string {
	if e.Series {
		return Age(m.At.Sub(t))
	}
	return m.age(t)
}

func (m *Moment) eventManifest(e *Event) map[string]any {
	about := map[string]any{"apiVersion": e.About.APIVersion, "kind": e.About.Kind, "name": e.About.Name, "uid": e.About.UID}
	for field, value := range map[string]string{"namespace": e.About.Namespace, "fieldPath": e.About.FieldPath} {
		if value != "" {
			about[field] = value
		}
	}
	out := map[string]any{
		"apiVersion": "v1", "kind": "Event", "type": e.Type, "reason": e.Reason, "message": e.Message, "involvedObject": about,
		"metadata":           map[string]any{"name": e.Name, "namespace": e.namespace(), "creationTimestamp": m.stamp(e.First)},
		"reportingComponent": e.Component, "reportingInstance": e.Host,
	}
	if e.Series {
		micro := func(t models.Time) string { return m.precise(t).Format("2006-01-02T15:04:05.000000Z07:00") }
		out["eventTime"], out["action"] = micro(e.First), e.Action
		out["firstTimestamp"], out["lastTimestamp"], out["source"] = nil, nil, map[string]any{}
		if e.Count > 1 {
			out["series"] = map[string]any{"count": e.Count, "lastObservedTime": micro(e.Last)}
		}
		return out
	}
	source := map[string]any{"component": e.Component}
	if e.Host != "" {
		source["host"] = e.Host
	}
	out["eventTime"], out["count"], out["source"] = nil, e.Count, source
	out["firstTimestamp"], out["lastTimestamp"] = m.stamp(e.First), m.stamp(e.Last)
	return out
}
