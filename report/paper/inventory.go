package paper

import (
	"cmp"
	"io"
	"slices"
	"strconv"
)

// PDF writes the inventory: a summary by department and tier over all devices,
// then the devices by department and location.
func (v *Inventory) PDF(w io.Writer) error {
	s, err := newSheet(&v.Head, true)
	if err != nil {
		return err
	}
	s.opening(v.Title, v.Scope, s.t("%d devices", v.Total))
	shown := v.Lines[:min(len(v.Lines), MaxLines)]
	if len(shown) < v.Total {
		s.para(0, normal, "B", v.LeftOut(), 3)
	}
	s.summary(v)
	for _, d := range v.ByDepartment() {
		s.department(d.Lines)
	}
	return s.finish(w)
}

// Part is the devices of one department.
type Part struct {
	Department string
	Lines      []Line
}

// ByDepartment gives the devices that are listed, by department.
func (v *Inventory) ByDepartment() []Part {
	var out []Part
	for rest := v.Lines[:min(len(v.Lines), MaxLines)]; len(rest) > 0; {
		end := 1
		for end < len(rest) && rest[end].Department == rest[0].Department {
			end++
		}
		out, rest = append(out, Part{rest[0].Department, rest[:end]}), rest[end:]
	}
	return out
}

// TierNames are the columns of the summary.
func (v *Inventory) TierNames() []string { return TierNames[:] }

// LeftOut says which devices are not on the paper; empty where all are.
func (v *Inventory) LeftOut() string {
	n := min(len(v.Lines), MaxLines)
	if n == v.Total {
		return ""
	}
	t := v.T
	if t == nil {
		t = english
	}
	return t("Only the %d devices with the highest scores are listed. The summary counts all %d. Choose a department, or take the CSV file for all.", n, v.Total)
}

func (s *sheet) summary(v *Inventory) {
	s.heading(s.t("Devices by department and tier"))
	columns := []column{{s.t("Department"), 60, false}}
	for _, name := range TierNames {
		columns = append(columns, column{cmp.Or(name, s.t("not known")), 14, true})
	}
	g := s.table(1, append(columns, column{s.t("All"), 14, true})...)
	shown := v.Groups[:min(len(v.Groups), MaxGroups)]
	for _, group := range shown {
		cells := []string{cmp.Or(group.Department, s.t("no department"))}
		for _, name := range TierNames {
			n := ""
			if group.Tiers[name] > 0 {
				n = strconv.Itoa(group.Tiers[name])
			}
			cells = append(cells, n)
		}
		g.row(append(cells, strconv.Itoa(group.Total))...)
	}
	if more := len(v.Groups) - len(shown); more > 0 {
		s.para(0, normal, "", s.t("%d smaller departments are not shown.", more), 1)
	}
}

func (s *sheet) department(lines []Line) {
	s.heading(cmp.Or(lines[0].Department, s.t("no department")))
	g := s.table(2, column{s.t("Location"), 30, false}, column{s.t("Name"), 32, false}, column{s.t("Kind"), 26, false}, column{s.t("Maker and model"), 40, false},
		column{s.t("Version"), 18, false}, column{s.t("Serial number"), 24, false}, column{s.t("Address"), 24, false},
		column{s.t("Tier"), 8, false}, column{s.t("Score"), 12, true}, column{s.t("Band"), 20, false})
	for i := range lines {
		l := &lines[i]
		g.row(l.Location, l.Name, l.Kind, l.Product, l.Version, l.Serial, l.Address, l.Tier, score(l.Score), l.Band)
	}
}

// Count adds n devices of a department and tier to the summary.
func (v *Inventory) Count(department, tier string, n int) {
	v.Total += n
	i := slices.IndexFunc(v.Groups, func(g Group) bool { return g.Department == department })
	if i < 0 {
		i = len(v.Groups)
		v.Groups = append(v.Groups, Group{Department: department, Tiers: map[string]int{}})
	}
	v.Groups[i].Total += n
	v.Groups[i].Tiers[tier] += n
}

// Add lists a device; false when the paper is full. Give those with the highest
// scores first.
func (v *Inventory) Add(l Line) bool {
	v.Lines = append(v.Lines, l)
	return len(v.Lines) < MaxLines
}

// Sort puts departments and devices into the order in which they are read.
func (v *Inventory) Sort() {
	slices.SortFunc(v.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), compareLast(a.Department, b.Department))
	})
	slices.SortStableFunc(v.Lines, func(a, b Line) int {
		return cmp.Or(compareLast(a.Department, b.Department), compareLast(a.Location, b.Location), cmp.Compare(a.Name, b.Name))
	})
}

// compareLast orders texts; the empty one comes last.
func compareLast(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}
