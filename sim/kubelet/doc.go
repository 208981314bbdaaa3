// Package kubelet says what happens to a pod on its node: how long it takes to
// start, how long its containers run and what they end with, whether they are
// started again and after which back-off, and how long they take to stop.
//
//	bound → StartDelay → running → End → AfterExit → restart | Succeeded | Failed
//	deleted → StopDelay → gone
//
// Its answers are pure functions of the pod, of its behaviour and of draws keyed
// by the pod's name and the number of the start. Only the crash-loop back-off is
// kept from one call to the next. Package sim puts the answers on the agenda.
//
// That is the short way of pods with one plain container. A pod with more to it has a
// worker (Begin), which takes its containers one by one: it looks at all of them
// whenever something has happened (sync.go), starts and stops what it must
// (running.go, stopping.go) and works out which tick of a probe is the next to matter
// (probes.go). Package sim asks it when that is (Plan), lets it happen (Advance) and
// carries out what it wants (Take).
package kubelet
