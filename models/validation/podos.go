package validation

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// eachContainer visits all containers with their paths, init containers first.
// Source: pkg/api/pod/util.go (VisitContainersWithPath).
func (p *podRules) eachContainer(path *field.Path, visit func(c *corev1.Container, at *field.Path)) {
	for i := range p.spec.InitContainers {
		visit(&p.spec.InitContainers[i], path.Child("initContainers").Index(i))
	}
	for i := range p.spec.Containers {
		visit(&p.spec.Containers[i], path.Child("containers").Index(i))
	}
	for i := range p.spec.EphemeralContainers {
		c := corev1.Container(p.spec.EphemeralContainers[i].EphemeralContainerCommon)
		visit(&c, path.Child("ephemeralContainers").Index(i))
	}
}

// operatingSystem checks that a pod has only what its operating system has.
// Source: pkg/apis/core/validation/validation.go (validateOS, validateLinux, validateWindows).
func (p *podRules) operatingSystem(path *field.Path) field.ErrorList {
	if p.spec.OS == nil {
		return nil
	}
	switch name := p.spec.OS.Name; name {
	case "":
		return field.ErrorList{field.Required(path.Child("os", "name"), "")}
	case corev1.Linux:
		return p.linuxOnly(path)
	case corev1.Windows:
		return p.windowsOnly(path)
	default:
		return oneOf(name, path.Child("os"), false, corev1.Linux, corev1.Windows)
	}
}

func (p *podRules) linuxOnly(path *field.Path) field.ErrorList {
	const wrong = "windows options cannot be set for a linux pod"
	var errs field.ErrorList
	if sc := p.spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
		errs = append(errs, field.Forbidden(path.Child("securityContext", "windowsOptions"), wrong))
	}
	p.eachContainer(path, func(c *corev1.Container, at *field.Path) {
		if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
			errs = append(errs, field.Forbidden(at.Child("securityContext", "windowsOptions"), wrong))
		}
	})
	return errs
}

// windowsOnly forbids what Windows does not know, in the order in which a server asks.
func (p *podRules) windowsOnly(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	forbid := func(at *field.Path, set bool) {
		if set {
			errs = append(errs, field.Forbidden(at, "cannot be set for a windows pod"))
		}
	}
	sc := p.spec.SecurityContext
	if sc == nil {
		sc = &corev1.PodSecurityContext{}
	}
	at := path.Child("securityContext")
	forbid(at.Child("appArmorProfile"), sc.AppArmorProfile != nil)
	forbid(at.Child("seLinuxOptions"), sc.SELinuxOptions != nil)
	forbid(path.Child("hostUsers"), p.spec.HostUsers != nil)
	forbid(path.Child("hostPID"), p.spec.HostPID)
	forbid(path.Child("hostIPC"), p.spec.HostIPC)
	forbid(at.Child("seccompProfile"), sc.SeccompProfile != nil)
	forbid(at.Child("fsGroup"), sc.FSGroup != nil)
	forbid(at.Child("fsGroupChangePolicy"), sc.FSGroupChangePolicy != nil)
	forbid(at.Child("sysctls"), len(sc.Sysctls) > 0)
	forbid(path.Child("shareProcessNamespace"), p.spec.ShareProcessNamespace != nil)
	forbid(at.Child("runAsUser"), sc.RunAsUser != nil)
	forbid(at.Child("runAsGroup"), sc.RunAsGroup != nil)
	forbid(at.Child("supplementalGroups"), sc.SupplementalGroups != nil)
	forbid(at.Child("supplementalGroupsPolicy"), sc.SupplementalGroupsPolicy != nil)
	forbid(at.Child("seLinuxChangePolicy"), sc.SELinuxChangePolicy != nil)
	p.eachContainer(path, func(c *corev1.Container, at *field.Path) {
		sc, at := c.SecurityContext, at.Child("securityContext")
		if sc == nil {
			return
		}
		for _, name := range []string{
			"AppArmorProfile", "SELinuxOptions", "SeccompProfile", "Capabilities", "ReadOnlyRootFilesystem", "Privileged",
			"AllowPrivilegeEscalation", "ProcMount", "RunAsUser", "RunAsGroup",
		} {
			value := reflect.ValueOf(sc).Elem().FieldByName(name)
			forbid(at.Child(jsonName(name)), !value.IsNil())
		}
	})
	return errs
}

// jsonName is the name that a field of a security context has in JSON.
func jsonName(name string) string {
	if name == "SELinuxOptions" {
		return "seLinuxOptions"
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// hostProcess checks that the containers of a Windows pod which run on the host are all
// of them.
// Source: pkg/apis/core/validation/validation.go (validateWindowsHostProcessPod).
func (p *podRules) hostProcess(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	var ofPod *bool
	if sc := p.spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
		ofPod = sc.WindowsOptions.HostProcess
	}
	all, onHost := 0, 0
	p.eachContainer(path, func(c *corev1.Container, at *field.Path) {
		all++
		var own *bool
		if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
			own = c.SecurityContext.WindowsOptions.HostProcess
		}
		if ofPod != nil && own != nil && *ofPod != *own {
			errs = append(errs, field.Invalid(at.Child("securityContext", "windowsOptions", "hostProcess"), *own,
				fmt.Sprintf("pod hostProcess value must be identical if both are specified, was %v", *ofPod)))
		}
		if own != nil && *own || own == nil && ofPod != nil && *ofPod {
			onHost++
		}
	})
	if onHost > 0 && onHost != all {
		errs = append(errs, field.Invalid(path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers"))
	}
	if onHost > 0 && !p.spec.HostNetwork {
		errs = append(errs, field.Invalid(path.Child("hostNetwork"), false, "hostNetwork must be true if pod contains any hostProcess containers"))
	}
	return errs
}

// hostUsers checks that a pod with users of its own shares nothing with the host.
// Source: pkg/apis/core/validation/validation.go (validateHostUsers).
func (p *podRules) hostUsers(path *field.Path) field.ErrorList {
	const wrong = "when `hostUsers` is false"
	if p.spec.HostUsers == nil || *p.spec.HostUsers {
		return nil
	}
	var errs field.ErrorList
	for _, shared := range []struct {
		name string
		is   bool
	}{{"hostNetwork", p.spec.HostNetwork}, {"HostPID", p.spec.HostPID}, {"HostIPC", p.spec.HostIPC}} {
		if shared.is {
			errs = append(errs, field.Forbidden(path.Child(shared.name), wrong))
		}
	}
	p.eachContainer(path, func(c *corev1.Container, at *field.Path) {
		if len(c.VolumeDevices) > 0 {
			errs = append(errs, field.Forbidden(at.Child("volumeDevices"), wrong))
		}
	})
	return errs
}

var (
	controlCharacters = regexp.MustCompile(`[[:cntrl:]]+`)
	netBIOSName       = regexp.MustCompile(`^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$`)
	windowsDomain     = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)
	onlyDotsAndSpaces = regexp.MustCompile(`^[\. ]+$`)
	badInWindowsUser  = regexp.MustCompile(`["/\\:;|=,\+\*\?<>@\[\]]`)
)

// windowsOptions checks what containers of Windows run as.
// Source: pkg/apis/core/validation/validation.go (validateWindowsSecurityContextOptions).
func windowsOptions(o *corev1.WindowsSecurityContextOptions, path *field.Path) field.ErrorList {
	if o == nil {
		return nil
	}
	var errs field.ErrorList
	if name := o.GMSACredentialSpecName; name != nil {
		errs = append(errs, invalid(*name, path.Child("gmsaCredentialSpecName"), validation.IsDNS1123Subdomain(*name))...)
	}
	if spec := o.GMSACredentialSpec; spec != nil {
		const longest = 64
		switch {
		case *spec == "":
			errs = append(errs, field.Invalid(path.Child("gmsaCredentialSpec"), *spec, "gmsaCredentialSpec cannot be an empty string"))
		case len(*spec) > longest*1024:
			errs = append(errs, field.Invalid(path.Child("gmsaCredentialSpec"), *spec, fmt.Sprintf("gmsaCredentialSpec size must be under %d KiB", longest)))
		}
	}
	if o.RunAsUserName != nil {
		errs = append(errs, windowsUser(*o.RunAsUserName, path.Child("runAsUserName"))...)
	}
	return errs
}

func windowsUser(name string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	wrong := func(text string) { errs = append(errs, field.Invalid(path, name, text)) }
	domain, user, hasDomain := strings.Cut(name, `\`)
	if !hasDomain {
		domain, user = "", name
	}
	switch {
	case name == "":
		wrong("runAsUserName cannot be an empty string")
		return errs
	case controlCharacters.MatchString(name):
		wrong("runAsUserName cannot contain control characters")
		return errs
	case strings.Contains(user, `\`):
		wrong("runAsUserName cannot contain more than one backslash")
		return errs
	}
	const longestDomain, longestUser = 256, 104
	if len(domain) >= longestDomain {
		wrong(fmt.Sprintf("runAsUserName's Domain length must be under %d characters", longestDomain))
	}
	if hasDomain && !netBIOSName.MatchString(domain) && !windowsDomain.MatchString(domain) {
		wrong("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
	}
	switch {
	case user == "":
		wrong("runAsUserName's User cannot be empty")
	case len(user) > longestUser:
		wrong(fmt.Sprintf("runAsUserName's User length must not be longer than %d characters", longestUser))
	}
	if onlyDotsAndSpaces.MatchString(user) {
		wrong("runAsUserName's User cannot contain only periods or spaces")
	}
	if badInWindowsUser.MatchString(user) {
		wrong(`runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]`)
	}
	return errs
}
