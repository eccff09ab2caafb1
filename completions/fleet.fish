# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_fleet_global_optspecs
    string join \n o/output= no-headers color= q/quiet v/verbose address= region= n/namespace= token-file= ca-cert= ca-path= client-cert= client-key= tls-server-name= tls-skip-verify consul-address= consul-token-file= context= h/help V/version
end

function __fish_fleet_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_fleet_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_fleet_using_subcommand
    set -l cmd (__fish_fleet_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c fleet -n "__fish_fleet_needs_command" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_needs_command" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_needs_command" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_needs_command" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_needs_command" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_needs_command" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_needs_command" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_needs_command" -s V -l version -d 'Print version'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "abort" -d 'Abort a deployment: fail it, roll back to the last good version, and wait until that is healthy'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "acl" -d 'Show your token, and list, show and change tokens, policies and roles'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "alloc" -d 'List and show allocations and their files, and act on them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "ci" -d 'Pipeline helpers: preview a branch\'s deployment, and stop it when the branch is closed'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "config" -d 'List and show Consul\'s config entries, and change them with proof'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "context" -d 'List and show contexts: named Nomad and Consul addresses'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "cp" -d 'Copy files into a task or out of an allocation, and verify the copy by SHA-256'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "deploy" -d 'Deploy a job: show what it changes, register it, and follow it until every instance is healthy or the deployment has failed'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "deployment" -d 'List and show deployments; promote, fail, pause or resume them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "eval" -d 'List and show evaluations: what the scheduler decided, and what it could not place'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "events" -d 'Follow what happens in the cluster: jobs, allocations, evaluations, deployments, nodes, services'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "exec" -d 'Run a command in a running task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "fmt" -d 'Format job files and other HCL, as `nomad fmt` does. Only blanks change; comments and texts stay'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "help" -d 'Show the help of a command, or a topic: exit-codes'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "job" -d 'List, show, plan and change jobs'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "logs" -d 'Print the logs of tasks, and follow them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "migrate" -d 'Move traffic: from an nginx on one machine to a gateway, and step by step from one side to another'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "monitor" -d 'Follow the logs of agents: of servers, of nodes, or of the one that is asked. Several at once are told apart by their names'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "namespace" -d 'List, show, create, change and delete namespaces'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "node" -d 'List and show nodes; drain them, and make them eligible or ineligible'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "operator" -d 'For those who run the servers: settings, raft, keys, snapshots, requests of your own'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "pause" -d 'Pause a deployment: nothing more is replaced until it is resumed, and it does not time out meanwhile'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "pool" -d 'List, show, create, change and delete node pools'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "port-forward" -d 'Forward local ports to ports of a task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "promote" -d 'Promote the healthy canaries of a job\'s deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "resume" -d 'Resume a paused deployment, with a new progress deadline'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "rotate-nodes" -d 'Empty nodes one after the other, every step verified, without taking any service below its floor'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "rotation" -d 'List and show unfinished rotations, see who moves what now, and give one up'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "run" -d 'Run a command once, in a fresh instance of a job\'s group, and remove it again'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "sandbox" -d 'Try things out on a simulated cluster on loopback'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "server" -d 'List and show servers; have them join, leave and lead'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "shell" -d 'Open a shell in a running task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "status" -d 'Show what is wrong with the cluster, and how much room it has'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "sync" -d 'Mirror a local directory into a task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "system" -d 'Have the servers collect garbage, or count anew'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "var" -d 'List, show and change variables; hold their locks'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "util" -d 'Generate completions and manual pages; internal helpers'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l timeout -d 'Stop following after this time; the rollback goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "auth-method" -d 'Look at the ways people log in, and change them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "binding-rule" -d 'Look at who gets what by logging in, and change it'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "bootstrap" -d 'Make the first management token of a cluster. Its secret is printed once, here'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "login" -d 'Exchange a JWT for a token, by an auth method of the type JWT: how pipelines log in'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "policy" -d 'Look at policies, and change them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "role" -d 'Look at roles, and change them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "token" -d 'Look at tokens, make and delete them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and not __fish_seen_subcommand_from auth-method binding-rule bootstrap login policy role token whoami" -f -a "whoami" -d 'Show whose token you use, what it may do, and when it ends. Secrets are never shown'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -f -a "apply" -d 'Create one, or replace the one of that name, from the API\'s JSON'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -f -a "delete" -d 'Delete one, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -f -a "list" -d 'List all of them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from auth-method" -f -a "show" -d 'Show one whole, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -f -a "apply" -d 'Create one, or replace the one of that name, from the API\'s JSON'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -f -a "delete" -d 'Delete one, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -f -a "list" -d 'List all of them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from binding-rule" -f -a "show" -d 'Show one whole, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l secret-file -d 'A file with the secret it is to have, a UUID, instead of one that the servers make; `-` for stdin' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l method -d 'The auth method' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l jwt-file -d 'A file with the JWT; `-` for stdin. It is kept out of the command line, which others see' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "apply" -d 'Create a policy, or replace its rules'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "delete" -d 'Delete policies. Tokens that have them lose what they grant'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "list" -d 'List the policies your token may see'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "show" -d 'Show a policy and its rules'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "suggest" -d 'Print the smallest policy that a verb of fleet needs. Each was tried on a real cluster, line by line'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -f -a "apply" -d 'Create one, or replace the one of that name, from the API\'s JSON'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -f -a "delete" -d 'Delete one, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -f -a "list" -d 'List all of them'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from role" -f -a "show" -d 'Show one whole, by its name or its id'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "create" -d 'Make a token. Its secret is printed once, here, and can never be read again by anybody else'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "delete" -d 'Delete tokens. Whoever uses them is refused from then on; client agents may know them for 30 s more'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the tokens by their accessors. Secrets are never shown'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "show" -d 'Show a token. Its secret is never shown'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand acl; and __fish_seen_subcommand_from whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "cat" -d 'Print a file of an allocation, also of one that has ended'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "checks" -d 'Show what Nomad\'s checks of an allocation say at this moment'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "list" -d 'List allocations, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "ls" -d 'List files of an allocation, also of one that has ended'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "pause" -d 'Pause a task against its schedule (Nomad Enterprise)'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "restart" -d 'Restart the tasks of an allocation where it is, and wait until it is well'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "resume" -d 'Give a task back to its schedule, or run it against it (Nomad Enterprise)'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "show" -d 'Show an allocation and why it is in its state'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "signal" -d 'Send a signal to the tasks of an allocation'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "stat" -d 'Show what one file of an allocation is: kind, size, permissions, and when it was changed'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "stats" -d 'Show what the tasks of an allocation use at this moment, beside what they were given'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "stop" -d 'Stop an allocation, and wait until what replaces it is well'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from cat checks list ls pause restart resume show signal stat stats stop tail" -f -a "tail" -d 'Print the end of a file of an allocation, and what is written to it with --follow'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l alloc-dir -d 'The path is from the top of the allocation\'s directory'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from cat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from checks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l job -d 'Only allocations of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l group -d 'Only allocations of this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l node -d 'Only allocations on this node: a name, a pattern with * and ?, or the beginning of an id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l status -d 'Only allocations with this client status' -r -f -a "pending\t''
running\t''
complete\t''
failed\t''
lost\t''
unknown\t''"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l type -d 'Only allocations of jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l filter -d 'Only rows selected by this Nomad filter expression, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s a -l all -d 'Include finished ones'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l alloc-dir -d 'The path is from the top of the allocation\'s directory'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l task -d 'Only this task' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l max-unavailable -d 'How many of its group may be away meanwhile' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l timeout -d 'How long it may take to be well' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l all-tasks -d 'Also those that have ended'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l detach -d 'Do not wait until it is well'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l run -d 'Run it now, also when its schedule says that it is paused'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l task -d 'Only to this task' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from signal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l alloc-dir -d 'The path is from the top of the allocation\'s directory'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l max-unavailable -d 'How many of its group may be away meanwhile' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l timeout -d 'How long the replacement may take to be well' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l no-shutdown-delay -d 'Do not wait between the end of its services\' registration and the end of its tasks'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l detach -d 'Do not wait for the replacement'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l lines -d 'How many lines' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l alloc-dir -d 'The path is from the top of the allocation\'s directory'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s f -l follow -d 'Go on with what is written'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -f -a "env" -d 'Show what `fleet deploy --ci` would deploy, where, and why; deploys nothing. Secrets are named, not shown'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -f -a "stop" -d 'Stop what a branch deployed, when the branch is closed'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l job-file -d 'Print the job file as it would be parsed, with the repository\'s own parts included and without known secrets'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l branch -d 'The branch [default: the pipeline\'s own]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "apply" -d 'Write config entries: what would change is shown first, and an entry is written only if nobody changed it since'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "delete" -d 'Delete config entries, those that others depend on last. What was there is kept: `fleet config apply --undo` puts it back'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "diff" -d 'Show in what files of config entries differ from what Consul has. Spelling, order and what Consul adds make no difference'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "history" -d 'List the changes of config entries that were made from this machine, the newest first, or show one of them'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "list" -d 'List config entries of Consul: what each says in short, and whether Consul\'s controllers take it'
complete -c fleet -n "__fish_fleet_using_subcommand config; and not __fish_seen_subcommand_from apply delete diff history list show" -f -a "show" -d 'Show a config entry as it is stored, and what Consul\'s controllers say of it. Private keys are not shown'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l undo -d 'Put back what was there before a change, the last one unless said otherwise' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l accept -d 'Go ahead in spite of this: cut-connections, failing-requests, moved-sessions or the name of another objection' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l envoy -d 'The admin port of a proxy, to ask what it made of the write. Port 19000 of every gateway is tried by itself' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-connections -d 'Hold connections to this address through the write and count what fails, is reset or closed, and answers 5xx' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-host -d 'The host the requests name, where it is not that of the address' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-count -d 'How many keep-alive connections; a tenth as many workers open a new one for every request' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-long -d 'Also hold long requests or streams to this path, a quarter as many as keep-alive connections' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-websocket -d 'Also hold websockets to this path, a quarter as many as keep-alive connections' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l watch-for -d 'How long to go on after the write. Envoy cuts what is open on a replaced listener after its drain time, 600 s unless set: watching for less proves nothing about that' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l accept -d 'Go ahead in spite of this: cut-connections, failing-requests, moved-sessions or the name of another objection' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l envoy -d 'The admin port of a proxy, to ask what it made of the write. Port 19000 of every gateway is tried by itself' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-connections -d 'Hold connections to this address through the write and count what fails, is reset or closed, and answers 5xx' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-host -d 'The host the requests name, where it is not that of the address' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-count -d 'How many keep-alive connections; a tenth as many workers open a new one for every request' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-long -d 'Also hold long requests or streams to this path, a quarter as many as keep-alive connections' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-websocket -d 'Also hold websockets to this path, a quarter as many as keep-alive connections' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l watch-for -d 'How long to go on after the write. Envoy cuts what is open on a replaced listener after its drain time, 600 s unless set: watching for less proves nothing about that' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "list" -d 'List the contexts of the context file'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "show" -d 'Show every setting in force and where it came from'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "use-in-shell" -d 'Print shell commands that select a context in this shell, for fleet, nomad and consul alike'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l shell -d 'Shell that will run the commands' -r -f -a "posix\t'sh, bash, zsh and their kin'
fish\t'fish'
powershell\t'PowerShell'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l limit-rate -d 'Limit the rate to this many bytes a second, such as 500K or 10M' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l max-bytes -d 'Copy out at most this many bytes' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l max-entries -d 'Copy out at most this many files and directories' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l no-verify -d 'Do not verify the copy'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l owner -d 'Keep numeric owners and groups, where the receiving side may set them'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l dir -d 'Deploy every job file (`*.nomad`, `*.hcl`, `*.job`, `*.nomad.json`) of this folder, after the jobs that its `depends` metadata names. Files that hold no job, such as those of variables, are passed over' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l var -d 'Set a variable. Takes precedence over variable files, and these over NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; later files take precedence' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l canary -d 'Start canaries of the new version beside the old one first: as many as the file says, or N, or N% of each group' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l promote -d 'When to promote healthy canaries: once every gate has held for --soak, never (manual), or after a time' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l soak -d 'How long the canaries must be healthy and every gate must hold, without interruption' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-cmd -d 'Gate on a shell command: 0 is yes, 75 is not known, anything else is no. It gets FLEET_JOB, FLEET_VERSION, FLEET_CANARIES' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-http -d 'Gate on a URL: a status of 200 to 299 is yes, or the one given' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-prometheus -d 'Gate on Prometheus: every value of the result must compare like this. No data is neither yes nor no' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l prometheus -d 'Address of Prometheus' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-interval -d 'How often to ask the gates. Three noes in a row fail the deployment' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l max-crashes -d 'Fail the deployment after N crashes of its tasks; an allocation that failed for good counts twice. 0 means never' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l max-unavailable -d 'Allow at most N instances of each group to be down at once, overriding the file' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l blocked-for -d 'How long to wait when nothing more can be placed [default: the progress deadline]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l summary -d 'Append a summary in Markdown to this file [env: GITHUB_STEP_SUMMARY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l junit -d 'Write the results to this file as JUnit XML: a test case for each job' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l timeout -d 'Stop following after this time; the deployment goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ci -d 'In GitHub Actions or GitLab CI: deploy what the pipeline\'s variables say, without asking. `fleet ci env` shows what that is'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l no-strict -d 'Ignore values for undeclared variables'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-consul -d 'Gate on Consul: every check of the canaries\' services must pass'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l rollback -d 'Roll back to the last good version when the deployment fails, even where the file does not say auto_revert'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l preserve-counts -d 'Keep the counts that groups have now, whatever the file says. What has a scaling block keeps its count anyway'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l no-preserve-counts -d 'Take the file\'s counts, also of groups that have a scaling block'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-no-check -d 'Count a canary without a check as healthy once it runs'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-static-port -d 'Start canaries although their static port may be taken on every node'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-volume -d 'Start canaries that write to the same volume as the old instances'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-small-count -d 'Start a canary beside a single instance, although it doubles the group'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l dry-run -d 'Show what would happen; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l detach -d 'Register the job, and do not follow it'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -a "status" -d 'Show the progress of a job\'s deployment, or follow it. Changes nothing'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s w -l watch -d 'Follow it to its end'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "fail" -d 'Fail a deployment, and wait until the last good version is healthy again'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "list" -d 'List deployments, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "pause" -d 'Pause a deployment until it is resumed'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "promote" -d 'Promote the healthy canaries of a deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "resume" -d 'Resume a paused deployment'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "show" -d 'Show a deployment, its progress, and what it waits for'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l job -d 'Only deployments of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l status -d 'Only deployments with this status' -r -f -a "running\t''
paused\t''
failed\t''
successful\t''
cancelled\t''"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l filter -d 'Only rows selected by this Nomad filter expression, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s a -l all -d 'Include finished ones'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l group -d 'Promote only this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List evaluations, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show an evaluation, and what it could not place and why'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l job -d 'Only evaluations of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l status -d 'Only evaluations with this status' -r -f -a "pending\t''
blocked\t''
complete\t''
failed\t''
canceled\t''"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l type -d 'Only evaluations of jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l filter -d 'Only rows selected by this Nomad filter expression, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s a -l all -d 'Include finished ones'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand events" -l topic -d 'Only these topics: Job, Allocation, Evaluation, Deployment, Node, Service, NodePool, Variable and the like' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l job -d 'Only what is about this job' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l node -d 'Only what is about this node' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l since -d 'Only what happened within this time before now; events that tell no time are shown' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l from-index -d 'From this raft index on, as an earlier run printed it' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l count -d 'End after so many events' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand events" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand events" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand events" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand events" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand events" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand events" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand events" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l parallel -d 'With several targets, run in at most N at the same time' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s u -l user -d 'Run as this user, by the task\'s own `su`' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s w -l workdir -d 'Run in this directory' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s e -l env -d 'Set an environment variable for the command' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s i -l stdin -d 'Pass stdin to the command; without -i its stdin is empty'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s t -l tty -d 'Give the command a terminal [default: when stdin and stdout are one]'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s T -l no-tty -d 'Do not give the command a terminal'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l all -d 'Run in every matching task, not only the best one'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l fail-fast -d 'Start no more after the first failure'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l group-output -d 'Print the output of each target in one piece when it ends, instead of line by line'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l check -d 'Write nothing; exit 1 when a file is not formatted'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s r -l recursive -d 'Folders in folders too'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand fmt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand help" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand help" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand help" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "abort" -d 'Abort a deployment: fail it, roll back to the last good version, and wait until that is healthy'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "action" -d 'List and run the actions of jobs'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "deployments" -d 'List the deployments of a job, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "diff" -d 'Show what differs between two versions of a job [default: the current one and the one before]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "dispatch" -d 'Start a run of a parameterized job'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "eval" -d 'Evaluate a job again: the scheduler places what is missing'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "history" -d 'List the versions of a job, the newest first: when and by whom they were submitted, and what they changed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "init" -d 'Print a job file to start from, or write it to a new file'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "inspect" -d 'Show a job as the cluster stores it, or the job file it came from'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "list" -d 'List jobs, and how many of their allocations run'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "pause" -d 'Pause a deployment: nothing more is replaced until it is resumed, and it does not time out meanwhile'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "periodic" -d 'Start periodic jobs now'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "plan" -d 'Show what registering a job file would change, and what that would do to running instances. Changes nothing'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "promote" -d 'Promote the healthy canaries of a job\'s deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "restart" -d 'Restart a job\'s instances in place, a few at a time, each only after those before it are healthy again'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "resubmit" -d 'Replace every instance of a job, as its update block allows, from the job file it came from'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "resume" -d 'Resume a paused deployment, with a new progress deadline'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "revert" -d 'Register an earlier version of a job again, and wait until it is healthy everywhere'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "run" -d 'Register a job file without asking, and follow it: as `fleet deploy FILE --yes`, without further options'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "scale" -d 'Set the count of a group, and wait until that many run'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "show" -d 'Show a job: what runs, what its deployment waits for, and why something cannot be placed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "start" -d 'Start a stopped job again, as it was, and wait until it is healthy'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "stop" -d 'Stop jobs, and wait until none of their allocations run'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "urls" -d 'Show the URLs of a job, from its services\' tags: `https://…` and `urlprefix-host/path`'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "validate" -d 'Validate a job file: the cluster parses it and reports what is wrong. Changes nothing'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l timeout -d 'Stop following after this time; the rollback goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -f -a "list" -d 'List the actions of a job: commands its job file defines, to be run in its tasks'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -f -a "run" -d 'Run an action of a job in a running task'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l meta -d 'Metadata for the run' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l payload -d 'File with the payload, `-` for stdin; at most 16 KiB' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l idempotency -d 'A key of your own: dispatching again with the same key starts nothing new' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l id-prefix -d 'Put this into the child job\'s id, after the job\'s own' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l timeout -d 'Stop waiting after this time; the run goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l wait -d 'Wait for the end of the run'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l reschedule -d 'Also place instances again that failed for good'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l template -d 'The template' -r -f -a "service\t'A service with a check and canaries'
batch\t'A periodic batch job'
web\t'A container built by a pipeline, with everything as variables: what `fleet deploy --ci` uses'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l version -d 'The version [default: the current one]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l hcl -d 'Show the job file it came from; functions that read files are replaced by what they read'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l show-secrets -d 'Show secrets too'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l type -d 'Only jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l status -d 'Only jobs with this status' -r -f -a "pending\t''
running\t''
dead\t''"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l pool -d 'Only jobs of this node pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l filter -d 'Only rows selected by this Nomad filter expression, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l health -d 'Read every allocation, and show how many are healthy'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s a -l all -d 'Include finished ones'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -f -a "force" -d 'Start a run of a periodic job now, whatever its schedule says'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l var -d 'Set a variable. Takes precedence over variable files, and these over NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; later files take precedence' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l no-strict -d 'Ignore values for undeclared variables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l compat -d 'Exit as `nomad job plan` does: 0 when no allocation would be created or destroyed, 1 when one would, 255 on an error'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l group -d 'Promote only this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l timeout -d 'Stop following after this time; the deployment goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l group -d 'Only instances of this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l alloc -d 'Only these allocations, by id or the beginning of one' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l max-unavailable -d 'Allow at most N instances of each group to be down at once' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l started-before -d 'Only instances started before this time; continues an interrupted restart' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l timeout -d 'Time each instance may take to become healthy again' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l to -d 'The version, by its number or its tag [default: the newest stable one before the current one]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l var -d 'Set a variable. Takes precedence over variable files, and these over NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; later files take precedence' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l no-strict -d 'Ignore values for undeclared variables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l timeout -d 'Stop following after this time; what was started goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l settle -d 'How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of 10s and the job\'s min_healthy_time]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l timeout -d 'Stop waiting after this time; the jobs go on stopping' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l children -d 'Stop the runs too that a periodic or parameterized job has started'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l purge -d 'Remove the job and its history from the servers'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l detach -d 'Do not wait'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l open -d 'Open the first URL; refused in a pipeline'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l var -d 'Set a variable. Takes precedence over variable files, and these over NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; later files take precedence' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l no-strict -d 'Ignore values for undeclared variables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l print -d 'Print the job as the API takes it, secrets included, instead of the verdict'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l tail -d 'Start with the last N lines [default: everything stored, and 10 with -f]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l since -d 'Start with what was written since then: a duration such as 10m, or a time. Nomad dates files, not lines; lines that begin with an older time of their own are left out' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l grep -d 'Only lines that match this regular expression' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l highlight -d 'Highlight what matches this regular expression' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l all-tasks -d 'Include every task of an allocation, not only the main one'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s f -l follow -d 'Follow the logs'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stdout -d 'Only stdout'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stderr -d 'Only stderr'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l raw -d 'Print lines as they are, without their origin; the same as `-o raw`'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s t -l timestamps -d 'Prefix each line with the time at which it was read'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l strict -d 'Exit with 1 when part of a log was removed before it could be read'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stats -d 'Print at the end how much of each log was read'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -f -a "echo" -d 'Serve an application that answers with what it received, to be put behind both sides of `fleet migrate verify --echo`'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -f -a "nginx" -d 'Carry an nginx configuration over to a gateway, and say of every line what becomes of it'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -f -a "traffic" -d 'Move the traffic of a service from one side to the other, step by step, without a dropped connection or a lost session'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and not __fish_seen_subcommand_from echo nginx traffic verify" -f -a "verify" -d 'Send the same requests to the old side and to the new, and say what differs'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l listen -d 'Where to listen' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from echo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l to -d 'Carry it over to this' -r -f -a "api-gateway\t'Consul\'s api-gateway and http-routes'
ingress-gateway\t'Consul\'s ingress-gateway, a router for each site'
traefik\t'Traefik\'s file provider'
all\t'All of them, to see which loses what'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l map -d 'The service that runs at a fixed address; can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l out -d 'Write what is emitted below this folder, a folder for each target' -r -f -a "(__fish_complete_directories)"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l report -d 'Write a report: .html, .md or .json' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l accept -d 'Go on in spite of this; can be repeated. The IDs are those of the report' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from nginx" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l from -d 'The side that gives: a subset, or a service (service:NAME where a subset has the same name)' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l to -d 'The side that takes' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l steps -d 'The shares of the taking side, in percent of what both sides have' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l soak -d 'How long every gate must hold after each step, without a break' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-errors -d 'The largest share of 5xx of the taking side since the step, in percent, by the gateways\' counters. Fewer than 20 requests are neither a yes nor a no. Without it five percent points more than the other side say no' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-latency -d 'The largest 99th percentile of the taking side\'s answers in milliseconds, by the gateways\' counters' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-cmd -d 'Ask a shell command: 0 is yes, 75 is don\'t know, anything else no. It gets FLEET_SERVICE, FLEET_FROM, FLEET_TO, FLEET_SHARE' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-http -d 'Ask an address: 200 to 299 is yes, or the status that is named' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-prometheus -d 'Ask Prometheus: every value of the result must compare like this. No data is neither a yes nor a no' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l prometheus -d 'The Prometheus to ask' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l gate-interval -d 'How often to ask the gates. Three times no in a row takes everything back' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l pin -d 'Keep every session on the side where it began, by this cookie: the split names its side in it, and routes know it again' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l pin-soak -d 'How long pins are there before the first step: sessions without the cookie follow the weights' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l session-idle -d 'How long nothing may go to the giving side in the end before its pins are taken out: longer than people think between two requests' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l probe-sessions -d 'Open so many sessions before each step, and tell how many of all of them changed side' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l probe -d 'Where sessions are opened' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l probe-host -d 'The host they name, where it is not that of the address' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l probe-side -d 'The header of answers that tells which side, or which instance, answered; the pin\'s cookie tells otherwise' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l drain-timeout -d 'How long the giving side may take to become idle in the end' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l envoy -d 'The admin port of a proxy, to ask what it made of a write. Port 19000 of every gateway is tried by itself' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l accept -d 'Go ahead in spite of this' -r -f -a "sessions-move\t'Sessions change side with every request'
under-capacity\t'A side gets more traffic than its instances carried before'
unwitnessed\t'No gateway can be asked what it does'
cut-connections\t'Config that cuts connections, now or later'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l on-failure -d 'What a gate that says no leaves behind: the shares before it all, or those of the step' -r -f -a "rollback\t'Everything as it was before'
hold\t'The shares as they are'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l timeout -d 'How long the whole may take; the same command goes on later' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -a "rollback" -d 'Take a shift back: the shares to what they were before it, in one step, proven on the gateways; its pins out'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from traffic" -a "status" -d 'Show how far a shift of traffic is: as it is written down, and as things stand now'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l old -d 'The side that is to be left' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l new -d 'The side that is to take over' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l from-log -d 'Take requests from this access log; can be repeated' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l requests -d 'Take requests from this file: METHOD TARGET [HOST] in each line, or JSON' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l conf -d 'The nginx configuration: its routes are probed at their edges, and what its report foretells is explained' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l port -d 'The port of the configuration that the old side is; without it that of --old' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l to -d 'What the new side is' -r -f -a "api-gateway\t'Consul\'s api-gateway'
ingress-gateway\t'Consul\'s ingress-gateway'
traefik\t'Traefik'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l map -d 'The service that runs at a fixed address, as it was said to `migrate nginx`; can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l host -d 'The Host of requests that name none' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l method -d 'Send these methods from logs; others are left out' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l each -d 'Requests from logs for each route, status class and kind of query' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l header -d 'A header for every request; can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l rate -d 'Requests a second to each side, at most' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l wait -d 'How long an answer may take' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l state -d 'Keep findings in this file, and go on from what is in it' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l report -d 'Write a report: .html, .md or .json' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l junit -d 'Write the findings to this file as JUnit does' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l no-probes -d 'Leave out the other spellings of paths (//, /.., %2F, a slash at the end)'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l send-credentials -d 'Read cookies and authorisation from logs and send them'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l send-secret-queries -d 'Send queries that look like secrets'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l echo -d 'Compare what the application receives: both sides lead to `fleet migrate echo`'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l node -d 'Agents of nodes, by name or id' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l server -d 'Agents of servers, by name' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l level -d 'From which level on' -r -f -a "trace\t''
debug\t''
info\t''
warn\t''
error\t''"
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand monitor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -f -a "apply" -d 'Create a namespace or change it. What you do not name stays as it is'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -f -a "delete" -d 'Delete namespaces that hold nothing any more'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -f -a "list" -d 'List the namespaces your token may see, and what runs in each'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and not __fish_seen_subcommand_from apply delete list show" -f -a "show" -d 'Show a namespace, its limits, and what runs in it'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l quota -d 'The quota to attach (Nomad Enterprise); empty for none' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s f -l file -d 'A specification in HCL or JSON; `-` for stdin' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l description -d 'What it is for' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l meta -d 'Set a key of the metadata; an empty value removes it' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show what would change, and change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand namespace; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "drain" -d 'Drain nodes: the servers move what runs on them, and fleet follows until it is healthy again'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "eligible" -d 'Mark nodes eligible: they take new work again'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "ineligible" -d 'Mark nodes ineligible: they take no new work, and what runs on them stays'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "list" -d 'List nodes'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "show" -d 'Show a node: its status, its drain, its resources, and what runs on it'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "undrain" -d 'Cancel the drain of nodes, and make them eligible again where they were so before it'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l deadline -d 'Stop whatever still runs after this time, even without a replacement [default: 1h]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l message -d 'Reason, shown to everyone who looks at the node' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l singletons -d 'What to do with services that have one instance: accept that they are down while they move, leave their nodes out, or refuse' -r -f -a "gap\t'Move them: they are away until the replacement is healthy'
skip\t'Leave nodes that run one as they are, without new work'
refuse\t'Do not begin'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l accept -d 'Accept this risk' -r -f -a "unpromoted-canary\t'Canaries that were not promoted run on or beside the nodes'
active-deployment\t'A deployment is under way'
paused-deployment\t'A deployment is paused'
unhealthy\t'Some allocations are unhealthy already'
no-forecast\t'The cluster\'s scheduler could not be asked whether everything fits'
max-parallel\t'The server\'s own drain would take every allocation of a group at once'
disconnected\t'A node is disconnected; its allocations may still run'
unseen-namespaces\t'Jobs of namespaces that the token cannot read may run on the nodes'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l timeout -d 'Stop following after this time; the drains go on [default: the deadline plus 15 minutes]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-deadline -d 'Set no deadline: batch work is never stopped'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l force -d 'Stop everything at once: services may be down until they are replaced, and batch work is lost'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ignore-system -d 'Leave system jobs running'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l dry-run -d 'Show what would happen; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l detach -d 'Do not follow the drains'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l dry-run -d 'Show which nodes would change; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l dry-run -d 'Show which nodes would change; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l keep-ineligible -d 'Cancel the drain, but stay ineligible'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l eligible -d 'Make all of them eligible, whatever they were before'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l dry-run -d 'Show which nodes would change; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "api" -d 'Send a request of your own to Nomad\'s HTTP API, with the address, token and certificates of everything else'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "autopilot" -d 'Look at autopilot, and change its settings'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "keyring" -d 'Look at the root keys, rotate and delete them'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "metrics" -d 'Print the measurements of the agent that is asked, as JSON or in Prometheus\' text form'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "raft" -d 'Look at the servers in raft, and remove one'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "scheduler" -d 'Look at the scheduler\'s settings, and change them'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and not __fish_seen_subcommand_from api autopilot keyring metrics raft scheduler snapshot" -f -a "snapshot" -d 'Save, look into, verify and restore snapshots of the servers\' state'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s d -l data -d 'The body; @FILE reads it from a file, - from stdin' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -f -a "health" -d 'Show the servers\' health as autopilot sees it, which forgets a dead server soon: `fleet server list` compares it with the gossip'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -f -a "set" -d 'Change autopilot\'s settings. What you do not name stays as it is'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from autopilot" -f -a "show" -d 'Show autopilot\'s settings'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -f -a "list" -d 'List the root keys. What they hold is never shown'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -f -a "remove" -d 'Delete a root key. What is still encrypted with it can never be read again'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from keyring" -f -a "rotate" -d 'Make a new root key, now or later. Variables stay readable: the old key is kept'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l prometheus -d 'Print Prometheus\' text form; the agent must keep it (`telemetry { prometheus_metrics = true }`)'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -f -a "peers" -d 'List the servers in raft: who leads and who votes. Needs a management token'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from raft" -f -a "remove" -d 'Remove a dead server from raft, by its name or id. Autopilot does it by itself where it may'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -f -a "set" -d 'Change the scheduler\'s settings. What you do not name stays as it is, also what somebody else changes meanwhile'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from scheduler" -f -a "show" -d 'Show the scheduler\'s settings: algorithm, preemption, memory oversubscription, and whether jobs are taken at all'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -f -a "inspect" -d 'Look into a snapshot file: every sum in it is compared, and a cut or altered file is told'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -f -a "verify" -d 'Look into a snapshot file: every sum in it is compared, and a cut or altered file is told'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -f -a "restore" -d 'Replace all that the servers hold by a snapshot: jobs, variables, tokens, nodes. What came after it is gone'
complete -c fleet -n "__fish_fleet_using_subcommand operator; and __fish_seen_subcommand_from snapshot" -f -a "save" -d 'Save the servers\' whole state into a file: jobs, variables (encrypted), tokens, nodes'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "apply" -d 'Create a node pool or change it. What you do not name stays as it is'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "delete" -d 'Delete node pools that hold neither nodes nor live jobs'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "jobs" -d 'List the jobs that are placed in a node pool'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "list" -d 'List the node pools, how many of their nodes take work, and what runs in them'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "nodes" -d 'List the nodes of a pool'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and not __fish_seen_subcommand_from apply delete jobs list nodes show" -f -a "show" -d 'Show a node pool: its nodes, its jobs, its scheduler settings'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s f -l file -d 'A specification in HCL or JSON; `-` for stdin' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l description -d 'What it is for' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l meta -d 'Set a key of the metadata; an empty value removes it' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show what would change, and change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from jobs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from nodes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pool; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l listen -d 'The local address to listen on' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l push-relay -d 'Where the task has nothing that can carry connections, copy a relay into it for the time: PROGRAM, else fleet itself' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l sticky -d 'Stay with the first allocation: connections fail once it has ended'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l group -d 'Promote only this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l timeout -d 'Stop following after this time; the deployment goes on' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l class -d 'Only nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l pool -d 'Only nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l datacenter -d 'Only nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l meta -d 'Only nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l attr -d 'Only nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l nomad-version -d 'Only nodes that run this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l filter -d 'Only nodes selected by this Nomad filter expression, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replace-with-cmd -d 'Command that starts replacement nodes; fleet waits until as many matching nodes are ready' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replacements -d 'How many nodes must join [default: one for each node rotated]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replace-timeout -d 'Time the command and its nodes may take' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l singletons -d 'What to do with services that have one instance: accept that they are down while they move, leave their nodes out, or refuse' -r -f -a "gap\t'Move them: they are away until the replacement is healthy'
skip\t'Leave nodes that run one as they are, without new work'
refuse\t'Do not begin'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l batch -d 'What to do with batch work, which Nomad does not move' -r -f -a "wait\t'Wait until it has finished'
kill\t'Stop it; its work is lost and not started again (`nomad-api.md §2.4`, 4.)'
skip\t'Leave nodes that run some as they are, without new work'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l min-healthy -d 'Keep at least N (or N%) instances of every group healthy, instead of what its migrate block allows' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l floor -d 'The same for one job, by its name or NAMESPACE/JOB; may be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l accept -d 'Accept this risk' -r -f -a "unpromoted-canary\t'Canaries that were not promoted run on or beside the nodes'
active-deployment\t'A deployment is under way'
paused-deployment\t'A deployment is paused'
unhealthy\t'Some allocations are unhealthy already'
no-forecast\t'The cluster\'s scheduler could not be asked whether everything fits'
max-parallel\t'The server\'s own drain would take every allocation of a group at once'
disconnected\t'A node is disconnected; its allocations may still run'
unseen-namespaces\t'Jobs of namespaces that the token cannot read may run on the nodes'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l max-parallel -d 'How many nodes are emptied at once, as a number or a share of the selected ones; floors hold all the same' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l by -d 'Empty nodes at once only where they agree in this: meta.KEY, attr.KEY, datacenter, class or pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l failure-budget -d 'How many nodes may fail before nothing more is begun; a node that failed is left alone' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l soak -d 'How long a replacement must have been healthy before it counts towards its group\'s floor' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l settle -d 'How long everything that moved must have been well, without a restart, before the end' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l on-failure -d 'What to do after a failure: leave everything as it stands, or restore the nodes\' eligibility' -r -f -a "stop\t'Stop where it stands; the nodes stay without new work'
restore\t'Give the nodes that were not rotated the eligibility they had'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l timeout -d 'Time the whole rotation may take' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l dry-run -d 'Show what would happen; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l shell -d 'Run that command with `sh -c`'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l no-replace -d 'Start no replacement nodes: the remaining nodes have room (the default)'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l insist -d 'Mark nodes again that somebody made eligible while they were to be emptied, and move what came'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ignore-system -d 'Leave system jobs running on emptied nodes'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -f -a "list" -d 'List the rotations that have not ended, from whichever machine they were begun'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -f -a "lock" -d 'Show who moves work now, and which jobs others have to leave alone meanwhile'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -f -a "rollback" -d 'Give a rotation up: end its drains, and give its nodes the eligibility they had before it'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -f -a "show" -d 'Show a rotation that has not ended: its nodes as they were and as they are, and what was on its way'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and not __fish_seen_subcommand_from list lock rollback show steal" -f -a "steal" -d 'Take the lock away from an operation, so that others need not wait until its silence is noticed'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l dry-run -d 'Show what would be done to each node and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l reason -d 'Why, for whoever asks later' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotation; and __fish_seen_subcommand_from steal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l task -d 'The task that the command replaces [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l image -d 'Use another image; without a job, run a container of that image alone' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s e -l env -d 'Set an environment variable for the command' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l cpu -d 'CPU in MHz, instead of the task\'s' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l memory -d 'Memory in MiB, instead of the task\'s' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l timeout -d 'Stop the command after this time' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand run" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s i -l stdin -d 'Pass stdin to the command'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s t -l tty -d 'Give the command a terminal'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l detach -d 'Do not follow the command; it ends by itself'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "run" -d 'Run one fleet command against the embedded fleet, and exit with its exit code'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "shell" -d 'Open your shell with NOMAD_ADDR and NOMAD_TOKEN set to the embedded fleet; leaving the shell ends it'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "up" -d 'Keep the embedded fleet running until Ctrl-C, for use from other shells'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l scenario -d 'Scenario to start: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l speed -d 'Run the cluster\'s clock this many times faster than real time' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l seed -d 'Seed for everything random, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l fault -d 'Inject a fault: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l servers -d 'Number of real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l clients -d 'Number of real clients; the first half have class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l real -d 'Start real agents on loopback instead, from the `nomad` (and `consul`) on PATH'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l scenario -d 'Scenario to start: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l speed -d 'Run the cluster\'s clock this many times faster than real time' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l seed -d 'Seed for everything random, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l fault -d 'Inject a fault: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l servers -d 'Number of real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l clients -d 'Number of real clients; the first half have class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l real -d 'Start real agents on loopback instead, from the `nomad` (and `consul`) on PATH'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l scenario -d 'Scenario to start: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l speed -d 'Run the cluster\'s clock this many times faster than real time' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l seed -d 'Seed for everything random, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l fault -d 'Inject a fault: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l servers -d 'Number of real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l clients -d 'Number of real clients; the first half have class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l listen -d 'Address of Nomad\'s API [default: any free port of 127.0.0.1]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l token -d 'Secret id of the management token [default: a random UUID]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l real -d 'Start real agents on loopback instead, from the `nomad` (and `consul`) on PATH'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -f -a "force-leave" -d 'Have the others take a failed server for left, for good'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -f -a "join" -d 'Have the server that is asked join others, by their gossip addresses (port 4648 unless said)'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -f -a "list" -d 'List the servers of the region: gossip and autopilot side by side, since each alone is late or forgets'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -f -a "show" -d 'Show a server: what gossip, autopilot and raft know of it'
complete -c fleet -n "__fish_fleet_using_subcommand server; and not __fish_seen_subcommand_from force-leave join list show transfer-leadership" -f -a "transfer-leadership" -d 'Hand leadership from one server to another, and wait until it leads'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l prune -d 'Forget it wholly, instead of listing it as left'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from force-leave" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l check -d 'Exit with 1 when something is wrong with the servers'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l timeout -d 'How long to wait for it to lead' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand server; and __fish_seen_subcommand_from transfer-leadership" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s u -l user -d 'Run as this user, by the task\'s own `su`' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s w -l workdir -d 'Start in this directory' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l check -d 'Exit with 1 when there is a problem, or when something is not known. What is only under way, such as a drain or a deployment, does not count'
complete -c fleet -n "__fish_fleet_using_subcommand status" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand status" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l task -d 'The task [default: the leader, else the first main task]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l node -d 'Only on this node, by name or the beginning of its id' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l version -d 'Only this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l direct -d 'Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does not), or never; by default what `direct` of the context says, else auto' -r -f -a "auto\t'Straight to the node when it answers at once, else through the servers, without a word'
always\t'Straight to the node when it answers within a second; a warning says when it did not'
never\t'Through the servers'"
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l exclude -d 'Exclude what matches this pattern, written as in .gitignore; it is not removed from the task either' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l canary -d 'Only canaries that wait for promotion'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s W -l watch -d 'Keep watching, and copy what changes'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l delete -d 'Remove from the task what is not in DIR'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l no-ignore -d 'Also copy what .gitignore excludes, and .git'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l dry-run -d 'Show what would be done; change nothing'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -f -a "gc" -d 'Have the servers forget dead jobs, ended allocations and evaluations, and nodes that are down'
complete -c fleet -n "__fish_fleet_using_subcommand system; and not __fish_seen_subcommand_from gc reconcile" -f -a "reconcile" -d 'Have the servers count the allocations of every job anew, where a summary is wrong'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from gc" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand system; and __fish_seen_subcommand_from reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "cp" -d 'Copy a variable to another path'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "diff" -d 'Show which keys of two variables differ; values only with --show-values'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "edit" -d 'Edit a variable in your editor ($VISUAL or $EDITOR) as KEY=VALUE lines'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "get" -d 'Show a variable\'s items, secrets included: as KEY=VALUE lines that `fleet var put` accepts, or one value as it is'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "init" -d 'Print a file of items to begin a variable with, or write it to a file that does not exist yet'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "list" -d 'List variables, without their items'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "lock" -d 'Run a command while holding a variable\'s lock, so that only one runs at a time'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "put" -d 'Replace a variable from a file or stdin: KEY=VALUE lines or a JSON object. Keys not given are removed'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "rm" -d 'Delete variables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "set" -d 'Set keys of a variable; the others stay as they are'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get init list lock put rm set unset" -f -a "unset" -d 'Remove keys of a variable; the others stay as they are'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l force -d 'Replace an existing variable'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l show-secrets -d 'Show values too'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l wait -d 'How long to wait while someone else holds the lock' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ttl -d 'How long the lock holds without renewal, at least 10 s; the servers release it after twice that' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l new -d 'Store it only if the variable does not exist'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l trim-newline -d 'Leave out the newline that a file or stdin ends with, as after `echo`'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "completions" -d 'Write the completion scripts of every shell into a folder'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "man" -d 'Write the manual pages of every command into a folder'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "relay" -d 'Carry connections over stdin and stdout'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s o -l output -d 'Output format [default: a table on a terminal, tab-separated lines in a pipe]' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that supports it, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l region -d 'Region [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s n -l namespace -d 'Namespace; without one, lists show all that the token may read [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l no-headers -d 'Omit the headings of tables'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s q -l quiet -d 'Print only results and errors'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l tls-skip-verify -d 'Accept any server certificate; insecure [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s h -l help -d 'Print help (see more with \'--help\')'
