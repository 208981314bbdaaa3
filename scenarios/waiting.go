package scenarios

import "github.com/podsim/podsim/models"

// noteWaiting notes pods that nobody will ever schedule: those that ask for a
// scheduler which is not there, and those with gates that nobody opens.
func (l *loader) noteWaiting(pod *models.PodSpec) {
	if pod.NodeName != 0 {
		return
	}
	if len(pod.SchedulingGates) > 0 {
		l.assumeOnce("pods with the scheduling gate %s stay Pending: nobody removes it", quote(l.dict.String(pod.SchedulingGates[0])))
		return
	}
	wanted := l.dict.String(pod.SchedulerName)
	known := len(l.run.Config.Scheduler.Profiles) == 0 && wanted == models.DefaultScheduler
	for _, profile := range l.run.Config.Scheduler.Profiles {
		known = known || profile.SchedulerName == wanted
	}
	if !known {
		l.assumeOnce("pods of scheduler %s stay Pending: no profile has this name", quote(wanted))
	}
}
