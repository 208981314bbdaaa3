package limits

// Files of documents, in YAML or JSON.
const (
	FileBytes        = 128 << 20 // bytes of one file
	Documents        = 100_000   // non-empty documents of one file
	Depth            = 64        // maps and lists around a value, through aliases
	AliasNodes       = 100_000   // nodes that aliases add to one file
	QuantityText     = 64        // bytes of a quantity such as 1.5Gi
	QuantityExponent = 64        // exponent of a quantity such as 1e3, of either sign
)

// Scenarios and the objects in them.
const (
	Files         = 256           // files of a scenario, includes counted
	Sets          = 1_000         // --set options
	NameLength    = 63            // bytes of a name of a group, a workload or data
	Nodes         = 1_000_000     // nodes of a run
	ResourceKinds = 16            // kinds of resources of a run
	Replicas      = 10_000_000    // pods that one object asks for
	Objects       = 100_000_000   // objects that one workload brings
	CurvePoints   = 10_000        // points of a curve
	Usage         = 1 << 56       // thousandths or bytes that one pod uses
	Moments       = 1_000_000     // moments in one list
	Steps         = 10_000        // steps of users in a run
	Rate          = 1_000_000     // arrivals a second
	Samples       = 10_000_000    // samples of an empirical distribution
	PastDays      = 36_500        // days that the past of a snapshot reaches back
	Price         = 1_000_000_000 // price of a node for an hour
)

// Traces, plain or packed.
const (
	TraceBytes    = 4 << 30    // bytes of one trace, unpacked
	PackingRatio  = 200        // unpacked bytes for each packed one
	PackingSlack  = 16 << 20   // unpacked bytes before PackingRatio counts
	PackingWindow = 128 << 20  // bytes that zstd may look back
	Line          = 64 << 10   // bytes of a line
	ObjectLine    = 4 << 20    // bytes of a line that may hold a whole object (csv, jsonl)
	Rows          = 10_000_000 // rows of one trace; of jsonl, objects and changes of them
	Shapes        = 1_000_000  // distinct shapes of one trace
	Copies        = 1_000_000  // pods of one row
)

// Experiments.
const (
	Policies      = 64      // policies that are compared
	Axes          = 8       // settings that vary
	Cells         = 10_000  // combinations of the axes' values
	Seeds         = 100_000 // seeds on which every policy is run
	ChosenMetrics = 1_000   // metrics, or assertions, of an experiment
	CustomMetrics = 100     // metrics by an expression
	Expression    = 2_000   // bytes of an expression or an assertion
	TriedFirst    = 1_000   // pairs of a policy and a combination that are loaded before any runs
)

// Plans.
const (
	PricedShapes  = 1_000     // shapes of the price books of a plan
	Candidates    = 32        // kinds of nodes that can be bought
	Contingencies = 1_000     // things that a plan must survive
	Mixes         = 1_000_000 // mixes that are judged by simulation
	Demand        = 1_000     // factor on what asks for nodes
)

// LogBlock is the most bytes of one block of a log.
const LogBlock = 1 << 30

// Messages about input.
const (
	Problems = 50 // problems that one message lists, and wrong rows that are read on
	Quoted   = 60 // characters of the input that a message repeats
	Guessed  = 64 // characters of a name that is compared with the known ones
)

// Limit is what there is to say about one of the constants.
type Limit struct {
	Name   string // of the constant
	Of     string // what is bounded, in its unit
	Most   int64
	Why    string
	Beyond string // what happens to input that goes beyond
}

// What happens beyond a limit.
const (
	refused  = "refused, naming the place"
	fileOut  = "the file is refused"
	runEnds  = "the run stops with an error"
	readEnds = "reading stops with an error"
)

// All returns every limit, in the order of the constants.
func All() []Limit {
	const mib = 1 << 20
	return []Limit{
		{"FileBytes", "MiB of one file", FileBytes / mib, "a file is held in memory as a tree many times its size", fileOut + ", unread if its size is known"},
		{"Documents", "documents of one file", Documents, "each is kept as an object", fileOut},
		{"Depth", "maps and lists around a value", Depth, "readers go down by recursion", "the document is refused"},
		{"AliasNodes", "values that YAML aliases add to one file", AliasNodes, "aliases of aliases grow exponentially", "the document is refused"},
		{"QuantityText", "characters of a quantity", QuantityText, "its exact value is computed", refused},
		{"QuantityExponent", "exponent of a quantity", QuantityExponent, "its exact value is computed; beyond it nothing fits anyway", refused},

		{"Files", "files of a scenario, includes counted", Files, "includes may include", "those that follow are not read"},
		{"Sets", "`--set` options", Sets, "each copies what it changes", "none is applied"},
		{"NameLength", "characters of the name of a group, a workload or data", NameLength, "it becomes part of names and values of labels, where Kubernetes takes as many", refused},
		{"Nodes", "nodes", Nodes, "each is kept in memory with its labels", refused},
		{"ResourceKinds", "kinds of resources, cpu, memory, ephemeral-storage and pods among them", ResourceKinds, "amounts are arrays, so that placing a pod allocates nothing", refused},
		{"Replicas", "pods that one object asks for", Replicas, "a controller creates them whether they fit or not", refused},
		{"Objects", "objects that one workload brings", Objects, "they are numbered, and endless arrivals need an end", "more in `limit` or `count` are refused; else " + runEnds},
		{"CurvePoints", "points of a curve", CurvePoints, "they are looked at for each arrival", refused},
		{"Usage", "thousandths or bytes that one pod uses, or a metric counts", Usage, "sums over many pods must not overflow", refused},
		{"Moments", "moments in one list", Moments, "they are kept in memory", refused},
		{"Steps", "steps of users in a run", Steps, "each is compiled before the run, and listed with what became of it", refused},
		{"Rate", "arrivals a second", Rate, "more than a control plane ever sees", refused},
		{"Samples", "samples of an empirical distribution", Samples, "they are kept in memory, sorted", fileOut},
		{"PastDays", "days that the past of a snapshot reaches back", PastDays, "virtual time holds 292 years", "older moments count as that old"},
		{"Price", "price of a node for an hour", Price, "costs are sums and products of prices, in floating point", refused},

		{"TraceBytes", "GiB of a trace, unpacked", TraceBytes >> 30, "a disk or a stream may not end", readEnds},
		{"PackingRatio", "unpacked bytes for each packed one", PackingRatio, "small files can unpack without end", readEnds},
		{"PackingSlack", "MiB unpacked before that ratio counts", PackingSlack / mib, "short files of equal rows pack very well", "the ratio counts"},
		{"PackingWindow", "MiB that zstd looks back", PackingWindow / mib, "the reader holds them in memory", fileOut},
		{"Line", "KiB of a line of a trace", Line >> 10, "a line is held in memory", readEnds},
		{"ObjectLine", "MiB of a line of the formats csv and jsonl", ObjectLine / mib, "a line may hold a whole object; the API server takes 3 MiB", readEnds},
		{"Rows", "rows of a trace; of jsonl, objects", Rows, "rows out of order are sorted in memory", readEnds},
		{"Shapes", "distinct shapes of a trace", Shapes, "each becomes a template", readEnds},
		{"Copies", "pods of one row", Copies, "a row is one job or one object", "the row is refused"},

		{"Policies", "policies of an experiment", Policies, "each is run on every seed, and a table has a column for it", refused},
		{"Axes", "axes of an experiment", Axes, "combinations grow by the product", refused},
		{"Cells", "combinations of the axes' values", Cells, "each is a comparison by itself", refused},
		{"Seeds", "seeds of an experiment", Seeds, "the results of all are kept in memory", refused},
		{"ChosenMetrics", "metrics that an experiment chooses, and assertions", ChosenMetrics, "each is a row for every policy", refused},
		{"CustomMetrics", "metrics by an expression", CustomMetrics, "each is computed after every run", refused},
		{"Expression", "bytes of an expression or an assertion", Expression, "it is compiled and shown", refused},
		{"TriedFirst", "combinations of policy and axes that are checked before the first run", TriedFirst, "loading takes time", "the others are checked when their turn comes"},

		{"PricedShapes", "shapes of the price books of a plan", PricedShapes, "each is compiled", refused},
		{"Candidates", "candidates of a plan", Candidates, "mixes grow by the product of their counts", refused},
		{"Contingencies", "contingencies of a plan, each zone and rack by itself", Contingencies, "every mix that does is run in each of them", refused},
		{"Mixes", "mixes that a plan judges by simulation", Mixes, "the results of all are kept in memory", refused},
		{"Demand", "times by which demand grows", Demand, "every object is copied as often", refused},

		{"LogBlock", "MiB of one block of a log", LogBlock / mib, "a block is held in memory; a damaged length must not ask for more", "the log counts as damaged from there"},

		{"Problems", "problems told at once", Problems, "nobody reads more", "the rest is counted; of a trace, reading stops"},
		{"Quoted", "characters of the input in a message", Quoted, "messages stay readable", "the rest is cut off"},
		{"Guessed", "characters of a misspelt name", Guessed, "comparing takes time by the square of the length", "no name is proposed"},
	}
}
