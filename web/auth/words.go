package auth

import (
	"strings"

	"ward/people"
)

func roleWords(roles []people.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	if len(s) == 0 {
		return "none"
	}
	return strings.Join(s, ", ")
}

func departmentWords(departments []string) string {
	if len(departments) == 0 {
		return "(all departments)"
	}
	return "(" + strings.Join(departments, ", ") + ")"
}

func scopeWords(scope []people.Permission) string {
	s := make([]string, len(scope))
	for i, p := range scope {
		s[i] = string(p)
	}
	return strings.Join(s, ", ")
}
