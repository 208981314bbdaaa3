package kubectl

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// volumeLine is a line of the description of a volume: its title and where its value
// stands; what is said if nothing stands there.
type volumeLine struct{ title, key, otherwise string }

// volumeTexts say what kinds of volumes are, and what is shown of them.
// Source: k8s.io/kubectl/pkg/describe (describeVolumes and what it calls).
var volumeTexts = map[string]struct {
	text  string
	lines []volumeLine
}{
	"hostPath": {"HostPath (bare host directory volume)", []volumeLine{{"Path", "path", ""}, {"HostPathType", "type", ""}}},
	"emptyDir": {"EmptyDir (a temporary directory that shares a pod's lifetime)", []volumeLine{
		{"Medium", "medium", ""}, {"SizeLimit", "sizeLimit", "<unset>"}}},
	"secret":    {"Secret (a volume populated by a Secret)", []volumeLine{{"SecretName", "secretName", ""}, {"Optional", "optional", "false"}}},
	"configMap": {"ConfigMap (a volume populated by a ConfigMap)", []volumeLine{{"Name", "name", ""}, {"Optional", "optional", "false"}}},
	"persistentVolumeClaim": {"PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", []volumeLine{
		{"ClaimName", "claimName", ""}, {"ReadOnly", "readOnly", "false"}}},
	"nfs": {"NFS (an NFS mount that lasts the lifetime of a pod)", []volumeLine{{"Server", "server", ""}, {"Path", "path", ""}, {"ReadOnly", "readOnly", "false"}}},
	"csi": {"CSI (a Container Storage Interface (CSI) volume source)", []volumeLine{
		{"Driver", "driver", ""}, {"FSType", "fsType", ""}, {"ReadOnly", "readOnly", "false"}}},
	"image": {"Image (a container image or OCI artifact)", []volumeLine{{"Reference", "reference", ""}, {"PullPolicy", "pullPolicy", ""}}},
	"gcePersistentDisk": {"GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", []volumeLine{
		{"PDName", "pdName", ""}, {"FSType", "fsType", ""}, {"Partition", "partition", "0"}, {"ReadOnly", "readOnly", "false"}}},
	"awsElasticBlockStore": {"AWSElasticBlockStore (a Persistent Disk resource in AWS)", []volumeLine{
		{"VolumeID", "volumeID", ""}, {"FSType", "fsType", ""}, {"Partition", "partition", "0"}, {"ReadOnly", "readOnly", "false"}}},
	"ephemeral": {"EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)", nil},
}

// volumes writes the volumes of a specification.
func (p *page) volumes(body map[string]any, level int) {
	list := listAt(body, "volumes")
	if len(list) == 0 {
		p.line(level, "Volumes:\t<none>")
		return
	}
	p.line(level, "Volumes:")
	for _, v := range list {
		v, ok := v.(map[string]any)
		if !ok {
			continue
		}
		p.line(1, "%s%s:", strings.Repeat(" ", level), v["name"])
		for _, kind := range slices.Sorted(maps.Keys(v)) {
			if kind != "name" {
				p.volume(kind, mapAt(v, kind))
			}
		}
	}
}

func (p *page) volume(kind string, source map[string]any) {
	switch kind {
	case "projected":
		p.projected(listAt(source, "sources"))
		return
	case "downwardAPI":
		p.line(2, "Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:")
		for _, item := range listAt(source, "items") {
			p.line(3, "%s -> %s", cmp.Or(textAt(item, "fieldRef", "fieldPath"), textAt(item, "resourceFieldRef", "resource")), textAt(item, "path"))
		}
		return
	}
	is, known := volumeTexts[kind]
	if !known {
		p.line(1, "<unknown>")
		return
	}
	p.line(2, "Type:\t%s", is.text)
	for _, l := range is.lines {
		text := cmp.Or(textAt(source, l.key), l.otherwise)
		if trueAt(source, l.key) {
			text = "true"
		}
		p.line(2, "%s:\t%s", l.title, text)
	}
}

// projected writes a volume with data of several sources.
func (p *page) projected(sources []any) {
	p.line(2, "Type:\tProjected (a volume that contains injected data from multiple sources)")
	for _, source := range sources {
		secret, configMap, token := mapAt(source, "secret"), mapAt(source, "configMap"), mapAt(source, "serviceAccountToken")
		switch {
		case secret != nil:
			p.line(2, "SecretName:\t%s", textAt(secret, "name"))
			p.line(2, "Optional:\t%t", trueAt(secret, "optional"))
		case mapAt(source, "downwardAPI") != nil:
			p.line(2, "DownwardAPI:\ttrue")
		case configMap != nil:
			p.line(2, "ConfigMapName:\t%s", textAt(configMap, "name"))
			p.line(2, "Optional:\t%t", trueAt(configMap, "optional"))
		case token != nil:
			p.line(2, "TokenExpirationSeconds:\t%s", cmp.Or(textAt(token, "expirationSeconds"), "3607"))
		}
	}
}
