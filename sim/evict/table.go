package evict

import "github.com/podsim/podsim/models"

// Entry is one line of the table of evictors.
type Entry struct {
	// Name is the name of the evictor in spec.eviction.
	Name string
	// Kind is the occasion that it is made for.
	Kind Kind
	// Help says in one line whom it chooses.
	Help string
	// Args is a pointer to a zero value of its arguments, to be decoded into a fresh one
	// of that type; nil if it takes none. The tags of its fields are those of the kinds
	// of podsim: yaml, help, required, enum, min, default.
	Args any
	// New makes the evictor for a run. args is nil, which means defaults, or a pointer of
	// the type of Args. The error says what is wrong with the arguments.
	New func(args any, d *models.Dictionary) (Evictor, error)
}

// Table returns every evictor, by kind of occasion, that of Kubernetes first.
func Table() []Entry {
	return []Entry{
		{
			Name: "kubectl", Kind: Drain, Help: "every pod of the node at once, by namespace and name, as kubectl drain has it",
			New: func(any, *models.Dictionary) (Evictor, error) { return kubectlOrder{}, nil },
		},
	}
}
