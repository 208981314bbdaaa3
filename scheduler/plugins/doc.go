// Package plugins holds the scheduling plugins of Kubernetes, one file each, and
// the table that names them.
//
//	Table → Entry.New(arguments, dictionary) → framework.Plugin → the engine
//
// A plugin answers for one pod and one node at a time, out of the Cycle and the
// handles it is given; Table says what it is called, what it weighs and which
// arguments it takes. Another plugin is one more file and one more line there.
//
// Behaviour, reasons and integer arithmetic are those of kube-scheduler v1.36
// with its default feature gates. An extension point at which the original only
// prepares state for a later one is left out, since plugins here keep none; what
// a plugin does hold besides its arguments is a memo of statuses already made,
// which never changes an answer. A plugin value serves one run.
//
// The package refuses to know who asks: no loop over nodes, no weights at work,
// no queue, no clock, no file format.
package plugins
