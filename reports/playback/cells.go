package playback

// Full is the value of a cell that is 100 %, and Nothing that of a row without nodes.
const (
	Full    = 200
	Nothing = 255
)

// cell is what a row is at one moment.
type cell struct {
	pods        int32
	workload    uint16
	cpu, memory uint8
	state       State
}

// cellOf takes the present state of a row.
func cellOf(of *row) cell {
	state := of.worst()
	if state == Missing {
		return cell{cpu: Nothing, memory: Nothing, state: Missing, workload: noWorkload}
	}
	return cell{
		pods: of.pods, workload: of.most(), state: state,
		cpu: level(of.requested[0], of.allocatable[0]), memory: level(of.requested[1], of.allocatable[1]),
	}
}

// level writes a share in half per cent; what exceeds the whole counts as the whole.
func level(part, whole int64) uint8 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return uint8(min(float64(Full*(float64(part)/float64(whole)))+0.5, Full))
}
