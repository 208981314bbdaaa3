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
	return append([]Entry{
		{
			Name: "kubectl", Kind: Drain, Help: "every pod of the node at once, by namespace and name, as kubectl drain has it",
			New: func(any, *models.Dictionary) (Evictor, error) { return kubectlOrder{}, nil },
		},
		{
			Name: "budget-aware", Kind: Drain, Help: "pods that no budget keeps first, then by what their budgets allow",
			New: func(any, *models.Dictionary) (Evictor, error) { return budgetAware{}, nil },
		},
		{
			Name: "most-spread-first", Kind: Drain, Help: "pods first whose owner has pods on the most nodes",
			New: func(any, *models.Dictionary) (Evictor, error) { return mostSpread{}, nil },
		},
		{
			Name: "least-work-first", Kind: Drain, Help: "pods first that have run for the shortest time",
			New: func(any, *models.Dictionary) (Evictor, error) { return leastWork{}, nil },
		},
		{
			Name: "wait", Kind: Notice, Help: "nobody: pods go down with the node that is taken away",
			New: func(any, *models.Dictionary) (Evictor, error) { return waits{}, nil },
		},
		{
			Name: "atNotice", Kind: Notice, Help: "every pod when the notice is there; the node is cordoned, budgets count, refusals are tried again every 5 s",
			New: func(any, *models.Dictionary) (Evictor, error) { return leaves{}, nil },
		},
		{
			Name: "ahead", Kind: Notice, Help: "every pod as soon as there is a warning, or a few at a time, and the rest when the notice is there",
			Args: new(AheadArgs), New: newAhead,
		},
	}, pressureTable()...)
}
