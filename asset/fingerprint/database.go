package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/mssql"
	"ward/wire/proto/mysql"
	"ward/wire/proto/postgres"
)

// databaseFact reads the greetings of databases.
func (r *Reader) databaseFact() {
	switch f := r.seen.Fact.(type) {
	case mssql.Server:
		r.software(r.from(), "Microsoft SQL Server", f.Version, "mssql.version", device.Strong, "TDS pre-login version")
		r.claim(r.from(), device.FieldOS, "Windows", "mssql.version", device.Weak, "runs SQL Server")
	case mssql.Client:
		r.host(r.from(), f.Host, "mssql.client", "TDS client host name", device.Strong)
	case mssql.Login:
		r.login(r.resp(), "mssql", true, f.Default)
	case mysql.Server:
		r.mysqlServer(f)
	case mysql.Session:
		if f.NoPassword {
			r.withoutPassword(r.resp(), "mysql", !f.TLS)
		}
	case postgres.Server:
		r.software(r.from(), "PostgreSQL", f.Version, "postgres.version", device.Strong, "server_version parameter")
	}
}

// mysqlServer: MariaDB greets like MySQL, with its own version behind a prefix
// that pleases old clients. Packages name their distribution.
func (r *Reader) mysqlServer(f mysql.Server) {
	name, version := "MySQL", f.Version
	if strings.Contains(version, "MariaDB") {
		name, version = "MariaDB", strings.TrimPrefix(version, "5.5.5-")
	}
	r.software(r.from(), name, version, "mysql.version", device.Strong, quote("MySQL greeting", f.Version))
	r.text(r.from(), systemText, f.Version)
}
