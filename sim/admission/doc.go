// Package admission is what an API server does with an object before it stores it:
// it completes the object and may refuse it.
//
//	defaults of the API → NamespaceLifecycle → LimitRanger, defaults → Priority,
//	tolerations, RuntimeClass → validation → LimitRanger, bounds → ResourceQuota → stored
//
// What depends on an object and on nothing that changes during a run is compiled with
// it, in models/manifest: the defaults of the API, priority, tolerations, runtime
// class. Here is what depends on the namespace at that moment: whether it is there,
// its LimitRanges and its ResourceQuotas. The package also counts what objects use,
// for the quota controller.
//
// It proposes operations and reads views. It refuses to know who asks, and what they
// do when they are refused: that is sim/control.
package admission
