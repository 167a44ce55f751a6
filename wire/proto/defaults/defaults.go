// Package defaults knows user and password pairs that makers ship and print in
// public manuals. A codec asks it while the pair is in its hands and keeps only
// the answer: no name and no password leaves the codec.
package defaults

import "strings"

// pairs lists passwords by lower-case user name; general knowledge of public
// manuals, no pair of one site.
var pairs = map[string][]string{
	"":              {"", "admin", "password", "1234", "0000", "system"},
	"admin":         {"", "admin", "administrator", "password", "1234", "12345", "123456", "1111", "admin123", "admin1234", "default", "changeme", "pass", "system", "root", "user", "public"},
	"administrator": {"", "admin", "administrator", "password", "passw0rd", "1234", "12345", "changeme"},
	"root":          {"", "root", "admin", "toor", "pass", "password", "1234", "12345", "123456", "default", "changeme", "system", "vizxv", "calvin", "dbps"},
	"user":          {"", "user", "password", "1234", "12345"},
	"guest":         {"", "guest", "12345"},
	"service":       {"", "service", "admin", "password", "1234"},
	"support":       {"", "support", "admin", "1234"},
	"supervisor":    {"", "supervisor", "1234"},
	"operator":      {"", "operator", "1234"},
	"tech":          {"", "tech", "technician"},
	"technician":    {"", "technician"},
	"biomed":        {"", "biomed"},
	"medical":       {"", "medical"},
	"dicom":         {"", "dicom"},
	"orthanc":       {"orthanc"},
	"field":         {"", "field", "service"},
	"maint":         {"", "maint"},
	"maintenance":   {"", "maintenance"},
	"manager":       {"", "manager", "admin"},
	"monitor":       {"", "monitor"},
	"oper":          {"", "oper"},
	"pi":            {"raspberry"},
	"ubnt":          {"ubnt"},
	"cisco":         {"", "cisco"},
	"apc":           {"apc"},
	"ftp":           {"", "ftp"},
	"ftpuser":       {"", "ftpuser"},
	"target":        {"password"},
	"sysadm":        {"", "sysadm", "anicust"},
	"tomcat":        {"tomcat", "s3cret"},
	"sa":            {"", "sa", "password"},
	"scott":         {"tiger"},
	"system":        {"", "system", "manager"},
	"postgres":      {"", "postgres"},
	"mysql":         {"", "mysql"},
	"demo":          {"", "demo"},
	"test":          {"", "test"},
	"default":       {"", "default"},
}

// Known tells whether user and password are a shipped pair. User names compare
// without case, passwords exactly.
func Known(user, password string) bool {
	for _, p := range pairs[strings.ToLower(user)] {
		if p == password {
			return true
		}
	}
	return false
}
