package reports

import (
	"io"
	"time"

	"github.com/google/uuid"
)

// Run is the content of run.json: what a run was, and apart from it how long it
// took on this machine.
type Run struct {
	ID           string            `json:"id"` // derived from the digest: equal runs have equal ids
	Scenario     string            `json:"scenario"`
	Seed         uint64            `json:"seed"`
	Version      string            `json:"version"` // of podsim
	GoVersion    string            `json:"goVersion"`
	LogVersion   int               `json:"logVersion"`
	Digest       string            `json:"digest"`       // of the operation log
	InputDigests map[string]string `json:"inputDigests"` // of the scenario's files, by their path
	End          Seconds           `json:"endSeconds"`
	Operations   uint64            `json:"operations"`
	Files        []string          `json:"files"` // written beside this one
	Audit        []AuditLine       `json:"audit"` // what was made of the Kubernetes input
	Wall         Wall              `json:"wall"`
}

// AuditLine tells what a run made of one field of the Kubernetes input, or of a
// kind that is not simulated.
type AuditLine struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Field      string `json:"field"`   // a path from the object; empty for the kind as a whole
	Verdict    string `json:"verdict"` // used, approximated, ignored-harmless, ignored-unknown or ignored-matters
	Reason     string `json:"reason"`
	Count      int    `json:"count"` // how often it is set, or how many objects there are
	File       string `json:"file"`  // of the first
	Line       int    `json:"line"`
	Column     int    `json:"column"`
}

// Wall is how long a run took in real time. It is kept apart from everything
// that the run determines.
type Wall struct {
	Elapsed         time.Duration `json:"elapsedNanoseconds"`
	EventsPerSecond float64       `json:"eventsPerSecond"`
}

// runNamespace makes run ids differ from other uses of version 5 UUIDs.
var runNamespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/podsim/podsim#run"))

// RunID returns the id of the run with this digest: a version 5 UUID.
func RunID(digest string) string { return uuid.NewSHA1(runNamespace, []byte(digest)).String() }

// WriteJSON writes run.json.
func (r *Run) WriteJSON(w io.Writer) error { return WriteJSON(w, r) }
