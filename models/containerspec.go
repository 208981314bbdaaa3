package models

import (
	"slices"
	"time"
)

// Container is what podsim keeps of a container of a pod.
type Container struct {
	Name  Sym
	Image Sym // normalised: with a tag
	// Untagged is the image as the manifest names it, if that has no tag; else 0.
	Untagged Sym `json:",omitempty"`
	Kind     ContainerKind
	// AlwaysPull is set by imagePullPolicy Always.
	AlwaysPull bool
	// NeverPull is set by imagePullPolicy Never.
	NeverPull bool `json:",omitempty"`
	// Life is what rules its life beyond its pod, if only by what is asked of the pod; nil
	// for a plain container.
	Life *Life `json:",omitempty"`
}

// WrittenImage is the image as the manifest names it.
func (c *Container) WrittenImage() Sym {
	if c.Untagged != 0 {
		return c.Untagged
	}
	return c.Image
}

// ContainerKind tells app containers, init containers and sidecars apart.
type ContainerKind uint8

// The kinds of containers. A sidecar is an init container that restarts always.
const (
	AppContainer ContainerKind = iota
	InitContainer
	Sidecar
)

// Life is what rules the life of one container.
type Life struct {
	// Restart is its own restart policy, which counts instead of that of its pod if
	// Own is set. Rules are looked at first.
	Restart RestartPolicy `json:",omitempty"`
	Own     bool          `json:",omitempty"`
	Rules   []RestartRule `json:",omitempty"`

	Startup, Liveness, Readiness *Probe `json:",omitempty"`
	PostStart, PreStop           *Hook  `json:",omitempty"`
}

// RestartRule says what follows an end with certain exit codes.
type RestartRule struct {
	Codes []int32
	NotIn bool // all codes but these
	// All restarts every container of the pod, from the first init container on;
	// otherwise only the one that ended is restarted.
	All bool
}

// HandlerKind is what a probe or a hook does.
type HandlerKind uint8

// The handlers of probes and hooks.
const (
	ExecHandler HandlerKind = iota
	HTTPHandler
	TCPHandler
	GRPCHandler  // of probes
	SleepHandler // of hooks
)

// Probe is a probe of a container.
type Probe struct {
	Handler HandlerKind
	Text    string // as kubectl describes the handler
	// Times are whole seconds.
	InitialDelay, Timeout, Period time.Duration
	// Success and Failure are how many equal results in a row change the result.
	Success, Failure int32
	// Grace is the time that a container is given which this probe makes stop; 0 is
	// that of its pod.
	Grace time.Duration `json:",omitempty"`
}

// Hook is a handler that runs after the start or before the end of a container.
type Hook struct {
	Handler HandlerKind
	Text    string
	Sleep   time.Duration `json:",omitempty"` // of SleepHandler
}

// ProbeKind is what a probe is for.
type ProbeKind uint8

// The kinds of probes.
const (
	StartupProbe ProbeKind = iota
	LivenessProbe
	ReadinessProbe
	ProbeKinds
)

// String returns the kind as events call it.
func (k ProbeKind) String() string { return [...]string{"Startup", "Liveness", "Readiness"}[k] }

// Probe returns a probe of the container, or nil.
func (c *Container) Probe(k ProbeKind) *Probe {
	if c.Life == nil {
		return nil
	}
	return [...]*Probe{c.Life.Startup, c.Life.Liveness, c.Life.Readiness}[k]
}

// Itemised reports whether the containers of a pod are told apart in a run: unless
// it has but one that nothing rules beyond the pod itself.
func (s *PodSpec) Itemised() bool {
	return len(s.Containers) > 1 || len(s.Containers) == 1 && (s.Containers[0].Life != nil || s.Containers[0].Kind != AppContainer)
}

// HasInit reports whether there are init containers or sidecars.
func (s *PodSpec) HasInit() bool {
	return len(s.Containers) > 0 && s.Containers[0].Kind != AppContainer
}

// PolicyOf returns the restart policy of a container, rules aside.
// Source: pkg/api/v1/pod/util.go (ContainerShouldRestart).
func (s *PodSpec) PolicyOf(container int) RestartPolicy {
	c := &s.Containers[container]
	switch {
	case c.Kind == Sidecar:
		return RestartAlways
	case c.Life != nil && c.Life.Own:
		return c.Life.Restart
	}
	return s.RestartPolicy
}

// Restarts reports whether a container that has ended with this code is started
// again. A success is the end of an init container, whatever its policy is.
// Source: pkg/api/v1/pod/util.go (ContainerShouldRestart).
func (s *PodSpec) Restarts(container int, exitCode int32) bool {
	if s.rule(container, exitCode) != nil {
		return true
	}
	switch s.PolicyOf(container) {
	case RestartAlways:
		return true
	case RestartOnFailure:
		return exitCode != 0
	}
	return false
}

// RestartsAll reports whether all containers are started again when one has ended
// with this code.
// Source: pkg/kubelet/container/helpers.go (ShouldAllContainersRestart).
func (s *PodSpec) RestartsAll(container int, exitCode int32) bool {
	rule := s.rule(container, exitCode)
	return rule != nil && rule.All
}

// rule returns the first rule of a container that matches.
func (s *PodSpec) rule(container int, exitCode int32) *RestartRule {
	life := s.Containers[container].Life
	if life == nil || !life.Own {
		return nil
	}
	for i := range life.Rules {
		if r := &life.Rules[i]; slices.Contains(r.Codes, exitCode) != r.NotIn {
			return r
		}
	}
	return nil
}

// ContainerMarks are what a running container has come to: Arg of OpMarkContainer.
type ContainerMarks uint8

// What a running container can have come to. Only one that has started up is ready.
const (
	ContainerStarted ContainerMarks = 1 << iota
	ContainerReady
)
