// Package framework is the contract between the scheduler and its plugins: what a
// plugin is told, what it answers and what it declares that it reads. The words
// are those of the scheduling framework of Kubernetes.
//
// A plugin implements Plugin and any of the extension points PreEnqueue,
// QueueSort, PreFilter, Filter, PostFilter, PreScore, Score, NormalizeScore,
// Reserve, Permit, Bind and EventsToRegister. It looks at one pod and one node at a time and answers with a
// *Status or a score; the engine does the looping, the weighting and the choosing.
//
// A plugin is a pure function of its arguments and of what the Cycle shows it. What
// PreFilter and PreScore find out for the later calls of a cycle it may keep until
// the next one; it draws no random numbers and knows no clock.
package framework
