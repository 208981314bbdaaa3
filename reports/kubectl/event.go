package kubectl

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
)

// DefaultStart is the date at which virtual time begins, unless a scenario says
// otherwise.
var DefaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// The types of Events.
const (
	Normal  = "Normal"
	Warning = "Warning"
)

// Components that Events come from. A scheduler goes by its own name, controllers by
// that of what they control.
const (
	Kubelet         = "kubelet"
	nodeController  = "node-controller"
	cloudController = "cloud-node-lifecycle-controller"
	taintController = "taint-eviction-controller"
)

// Reference names the object that an Event is about.
type Reference struct {
	APIVersion, Kind, Namespace, Name, UID string
	// FieldPath is a part of the object, such as spec.containers{web}.
	FieldPath string
}

// Event is an Event as the API server holds it.
type Event struct {
	Name      string // of the Event itself
	About     Reference
	Type      string
	Reason    string
	Message   string
	Component string // that reported it
	Host      string // the node of a kubelet
	// First and Last are when it happened first and last, and Count how often.
	First, Last models.Time
	Count       int32
	// Series tells that it is one of the newer API, events.k8s.io, which schedulers
	// use: there Action says what was being done.
	Series bool
	Action string

	stored *Event // what the API server holds of it
}

// UID returns the unique id that an object of a kind has in a run. It follows from
// the object's number, so that every replay tells the same.
func UID(kind string, id int32) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(kind), uint32(id)))
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x80 // RFC 9562, version 8: made by rules of one's own
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
