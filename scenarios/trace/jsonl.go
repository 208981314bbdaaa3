package trace

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// jsonl reads objects of Kubernetes, a JSON value a line, as a watch or the log of
// the audit tells of them. When an object was deleted stands far below the line
// that brings it, so the file is read twice: first for the lives of all objects,
// about 100 bytes each, then for the objects themselves, one at a time.
type jsonl struct {
	r      *Reader
	lives  *lives // nil before the first reading
	origin int64  // the moment that is virtual time 0
}

func (j *jsonl) columns() []string {
	return []string{timeColumn, nameColumn, objectColumn, lifetimeColumn, runTimeColumn, scalingsColumn}
}

func (j *jsonl) rowName() string { return "objects" }

func (j *jsonl) begin() bool {
	if j.lives == nil {
		l := newLives(j.r)
		l.read()
		if len(j.r.problems) > 0 {
			return false
		}
		l.finish()
		if len(j.r.problems) > 0 {
			return false
		}
		j.lives, j.origin = l, l.origin()
		if err := j.r.Rewind(); err != nil && len(j.r.problems) == 0 {
			j.r.blame(wholeRow, "", "%v", err)
		}
		return len(j.r.problems) == 0 && !j.r.ended
	}
	j.r.notes = append(j.r.notes, j.lives.notes...)
	return true
}

func (j *jsonl) next(row *Row) (outcome, bool) {
	line, ok := j.r.nextText()
	if !ok {
		return noRow, false
	}
	life, ok := j.lives.births[int32(j.r.lines.number)]
	if !ok {
		return noRow, true
	}
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		j.r.blame(wholeRow, "", "the file has changed while it was read")
		return noRow, true
	}
	object, err := cleanObject(e.object())
	if err != nil {
		j.r.blame(wholeRow, "", "%v", err)
		return noRow, true
	}
	row.At = models.Time(life.at - j.origin)
	if life.end != unknownTime {
		row.Lifetime = time.Duration(life.end - life.at)
	}
	row.RunTime = life.run
	row.Scalings = j.lives.scalings[int32(j.r.lines.number)]
	base, number := splitName(j.lives.name(life.id))
	row.Base, row.Number = j.r.base(base), number
	row.Shape = j.r.intern(&Shape{Object: object, Ends: life.run >= 0})
	return isRow, true
}

// event is a line: what a watch tells, with or without a time, or an entry of the
// log of the audit.
// Source: k8s.io/apimachinery/pkg/apis/meta/v1 (WatchEvent) and
// k8s.io/apiserver/pkg/apis/audit/v1 (Event).
type event struct {
	Time   json.RawMessage `json:"time"`
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`

	Kind      string     `json:"kind"`
	Stage     string     `json:"stage"`
	Verb      string     `json:"verb"`
	Received  string     `json:"requestReceivedTimestamp"`
	ObjectRef *objectRef `json:"objectRef"`
	Status    *struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
	Request  json.RawMessage `json:"requestObject"`
	Response json.RawMessage `json:"responseObject"`
}

type objectRef struct {
	Resource    string `json:"resource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Subresource string `json:"subresource"`
}

func (e *event) isAudit() bool { return e.Kind == "Event" && e.Verb != "" }

// object is what the event brings: the answer of the API server, if it holds an
// object, else what the user asked for.
func (e *event) object() json.RawMessage {
	if !e.isAudit() {
		return e.Object
	}
	var answer struct {
		Kind string `json:"kind"`
	}
	if json.Unmarshal(e.Response, &answer) == nil && (slices.Contains(templateKinds, answer.Kind) || isDefined(answer.Kind)) {
		return e.Response
	}
	return e.Request
}

// head is what the first reading wants to know of an object.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name         string    `json:"name"`
		GenerateName string    `json:"generateName"`
		Namespace    string    `json:"namespace"`
		UID          string    `json:"uid"`
		Created      time.Time `json:"creationTimestamp"`
		Deletion     time.Time `json:"deletionTimestamp"`
		Grace        int64     `json:"deletionGracePeriodSeconds"`
		Owners       []struct {
			Kind       string `json:"kind"`
			Name       string `json:"name"`
			Controller bool   `json:"controller"`
		} `json:"ownerReferences"`
	} `json:"metadata"`
	Spec struct {
		RestartPolicy string `json:"restartPolicy"`
		Replicas      *int32 `json:"replicas"`
	} `json:"spec"`
	Status struct {
		Phase      string `json:"phase"`
		Containers []struct {
			State struct {
				Terminated *struct {
					Started  time.Time `json:"startedAt"`
					Finished time.Time `json:"finishedAt"`
				} `json:"terminated"`
			} `json:"state"`
		} `json:"containerStatuses"`
	} `json:"status"`
}

// runTime is how long the containers of a pod ran that has ended; negative if it
// has not.
func (h *head) runTime() time.Duration {
	if h.Kind != "Pod" || h.Spec.RestartPolicy == "Always" || h.Status.Phase != "Succeeded" && h.Status.Phase != "Failed" {
		return -1
	}
	longest := time.Duration(-1)
	for _, c := range h.Status.Containers {
		if t := c.State.Terminated; t != nil && !t.Started.IsZero() && !t.Finished.Before(t.Started) {
			longest = max(longest, t.Finished.Sub(t.Started))
		}
	}
	return longest
}

// deletion is when somebody asked for the deletion; unknownTime if nobody did.
func (h *head) deletion() int64 {
	if h.Metadata.Deletion.IsZero() {
		return unknownTime
	}
	return moment(h.Metadata.Deletion) - h.Metadata.Grace*int64(time.Second)
}

// describeJSON says in the words of a user what is wrong with a line.
func describeJSON(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return "not JSON: " + syntax.Error()
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + ": got " + kind.Value + "; want " + kind.Type.String()
	}
	return err.Error()
}
