package images

import (
	"time"

	"github.com/podsim/podsim/models"
)

// The back-off of failed pulls, and how long a pod whose sync failed waits for the
// next one. Source: pkg/kubelet/kubelet.go (imageBackOffPeriod, MaxImageBackOff,
// backOffPeriod), pkg/kubelet/pod_workers.go (completeWork).
const (
	firstBackOff = 10 * time.Second
	maxBackOff   = 300 * time.Second
	syncPeriod   = 10 * time.Second
	// relist is when the kubelet sees that the sandbox of a new pod runs, and looks at
	// the pod again: Source: pkg/kubelet/kubelet.go (genericPlegRelistPeriod).
	relist = time.Second
)

// backOff is the entry of a pod and an image.
type backOff struct {
	image   models.Sym
	wait    time.Duration // 0 before the first failure
	updated models.Time   // the last failure
	message string        // of it
	fails   int
}

// expired reports whether the entry counts no more.
// Source: k8s.io/client-go/util/flowcontrol/backoff.go (hasExpired).
func (b *backOff) expired(now models.Time) bool { return now.Sub(b.updated) > 2*maxBackOff }

// inBackOff reports whether a pull has to wait.
// Source: k8s.io/client-go/util/flowcontrol/backoff.go (IsInBackOffSinceUpdate).
func (b *backOff) inBackOff(now models.Time) bool {
	return b.wait > 0 && !b.expired(now) && now.Sub(b.updated) < b.wait
}

// fail notes one more failure.
// Source: k8s.io/client-go/util/flowcontrol/backoff.go (Next).
func (b *backOff) fail(now models.Time, message string) {
	if b.wait == 0 || b.expired(now) {
		b.wait = firstBackOff
	} else {
		b.wait = min(2*b.wait, maxBackOff)
	}
	b.updated, b.message = now, message
	b.fails++
}

// limiter is a token bucket, full at first.
// Source: k8s.io/client-go/util/flowcontrol/throttle.go (TryAccept).
type limiter struct {
	at     models.Time
	tokens int64 // in billionths
}

const token = int64(time.Second)

func (l *limiter) accept(now models.Time, n *Node) bool {
	if n.QPS <= 0 {
		return true
	}
	full := int64(n.Burst) * token
	if passed := int64(now - l.at); passed >= full/int64(n.QPS) {
		l.tokens = full
	} else {
		l.tokens = min(full, l.tokens+passed*int64(n.QPS))
	}
	l.at = now
	if l.tokens < token {
		return false
	}
	l.tokens -= token
	return true
}
