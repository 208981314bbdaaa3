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
package kubelet
