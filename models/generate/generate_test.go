package generate

import (
	"strings"
	"testing"
)

func TestWhatRunMakes(t *testing.T) {
	for _, test := range []struct {
		what string
		run  Run
		want string
	}{
		{"a pod", Run{}, "pod"},
		{"a pod that ends", Run{Restart: "OnFailure"}, "pod"},
		{"an exposed pod", Run{Port: "80", Expose: true}, "service pod"},
		{"by replicas", Run{Replicas: 2}, "deployment.apps"},
		{"by a schedule", Run{Schedule: "@daily"}, "cronjob.batch"},
		{"by a generator", Run{Generator: "job/v1", Restart: "OnFailure"}, "job.batch"},
		{"by an old generator", Run{Generator: "run/v1", Replicas: 2}, "replicationcontroller"},
	} {
		test.run.Name, test.run.Image = "web", "nginx"
		objects, err := test.run.Objects()
		if err != nil {
			t.Errorf("%s: %v", test.what, err)
		}
		var got []string
		for _, o := range objects {
			got = append(got, o.Type)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s", test.what, got, test.want)
		}
	}
}

func TestWhatRunRefuses(t *testing.T) {
	for _, test := range []struct {
		run  Run
		want string
	}{
		{Run{Image: "nginx"}, "NAME is required for run"},
		{Run{Name: "web"}, "--image is required"},
		{Run{Name: "web", Image: "a b"}, `invalid image name "a b"`},
		{Run{Name: "web", Image: "i", Restart: "Often"}, "invalid restart policy: Often"},
		{Run{Name: "web", Image: "i", PullPolicy: "Often"}, "invalid image pull policy: Often"},
		{Run{Name: "web", Image: "i", Port: "web"}, `strconv.Atoi: parsing "web": invalid syntax`},
		{Run{Name: "web", Image: "i", Port: "70000"}, "invalid port 70000"},
		{Run{Name: "web", Image: "i", Expose: true}, "--port must be set when exposing a service"},
		{Run{Name: "web", Image: "i", Env: []string{"A"}}, "invalid env: A"},
		{Run{Name: "web", Image: "i", Labels: "a"}, "unexpected label spec: a"},
		{Run{Name: "web", Image: "i", Labels: "=a"}, "unexpected empty label key"},
		{Run{Name: "web", Image: "i", Requests: "cpu"}, "invalid argument syntax cpu, expected <resource>=<value>"},
		{Run{Name: "web", Image: "i", Limits: "cpu=much"}, "cpu=much: "},
		{Run{Name: "web", Image: "i", Generator: "pod/v9"}, `generator "pod/v9" not found`},
		{Run{Name: "web", Image: "i", Generator: "job/v1", Replicas: 2}, "--replicas=2 makes a Deployment, not a Job"},
		{Run{Name: "web", Image: "i", Generator: "job/v1", Schedule: "@daily"}, "--schedule makes a CronJob, not a Job"},
		{Run{Name: "web", Image: "i", Generator: "cronjob/v1"}, "--schedule is required"},
		{Run{Name: "web", Image: "i", Replicas: 2, Restart: "Never"}, "--restart=Never requires that --replicas is not given"},
	} {
		if _, err := test.run.Objects(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.run, err, test.want)
		}
	}
}

func TestWhatCreateRefuses(t *testing.T) {
	deployment, job, cron := (*Create).Deployment, (*Create).Job, (*Create).CronJob
	for _, test := range []struct {
		create Create
		build  func(*Create) (Object, error)
		want   string
	}{
		{Create{Images: []string{"i"}}, job, "exactly one NAME is required, got 0"},
		{Create{Name: "j"}, job, "--image is required"},
		{Create{Name: "j", Images: []string{"a b"}}, cron, "invalid image name"},
		{Create{Name: "d", Images: []string{"a", "b"}, Command: []string{"c"}}, deployment, "cannot specify multiple --image options and command"},
		{Create{Name: "c", Images: []string{"i"}}, cron, "--schedule is required"},
		{Create{Name: "c", Images: []string{"i"}, Schedule: "@daily", Restart: "Always"}, cron, "invalid restart policy: Always"},
	} {
		if _, err := test.build(&test.create); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.create, err, test.want)
		}
	}
}
