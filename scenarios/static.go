package scenarios

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// staticPods are those of a node group, not compiled yet.
type staticPods struct {
	group *object
	pods  []*yamlnode.Node
}

// compileStaticPods compiles the pods that kubelets run by themselves. No two of a node
// may have one name.
func (l *loader) compileStaticPods() {
	for _, group := range l.static {
		seen := make(map[objectName]bool)
		var list []sim.StaticPod
		for i, n := range group.pods {
			path := yamlnode.IndexPath("spec.staticPods", i)
			pod, problems := l.set.CompileStaticPod(n)
			l.addUnder(path, problems)
			if len(problems) > 0 {
				continue
			}
			name := objectName{"Pod", pod.Namespace, pod.Name}
			if seen[name] {
				l.blame(group.group, path+".metadata.name", "static pod %s occurs twice", quote(pod.Name))
			}
			seen[name] = true
			list = append(list, sim.StaticPod{
				Name:     l.dict.Sym(pod.Name),
				Template: &sim.Template{Pod: pod.Spec, Behavior: l.behaviorOf(subject{pod.Spec, nil}, nil)},
			})
		}
		if l.run.Config.StaticPods == nil {
			l.run.Config.StaticPods = make(map[models.Sym][]sim.StaticPod)
		}
		l.run.Config.StaticPods[l.dict.Sym(group.group.name)] = list
	}
}
