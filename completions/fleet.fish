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

complete -c fleet -n "__fish_fleet_needs_command" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_needs_command" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_needs_command" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_needs_command" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_needs_command" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_needs_command" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_needs_command" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_needs_command" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_needs_command" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_needs_command" -s V -l version -d 'Print version'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "abort" -d 'Take the deployment of a job back: fail it, bring the last good version back, and see it healthy everywhere'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "alloc" -d 'Look at allocations'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "ci" -d 'In a pipeline: what it would deploy, and the end of a branch'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "context" -d 'Look at the named pairs of a Nomad and a Consul'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "cp" -d 'Copy files into a task or out of an allocation, and compare both sides'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "deploy" -d 'Ship a job: show what it changes, register it, and follow it until every instance is healthy or it is clear that this will not be'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "deployment" -d 'Look at deployments, and promote, fail, pause or resume them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "eval" -d 'Look at evaluations: what the scheduler was asked, and what it could not place'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "exec" -d 'Run a command in a running task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "help" -d 'Show the help of a command, or a topic: exit-codes'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "job" -d 'Look at jobs, and change them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "logs" -d 'Print the logs of tasks, and follow them'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "node" -d 'Look at nodes, and take them out of service and back'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "pause" -d 'Halt the deployment of a job: nothing more is replaced until it is resumed, and it does not time out meanwhile'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "port-forward" -d 'Forward local ports to ports of a task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "promote" -d 'Promote the healthy canaries of a job\'s deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "resume" -d 'Let a halted deployment of a job go on, with a new progress deadline'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "rotate-nodes" -d 'Rotate nodes: empty them one after the other, each step verified, without taking any service below its floor'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "run" -d 'Run a command once, in a fresh instance of a job\'s group, and remove it again'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "sandbox" -d 'Try things on a fleet of your own: a simulated cluster on loopback'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "shell" -d 'Open a shell in a running task'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "status" -d 'Show what is wrong with the cluster, and how much room it has'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "sync" -d 'Keep a directory in a task like one here'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "var" -d 'Look at variables, change them, and hold their locks'
complete -c fleet -n "__fish_fleet_needs_command" -f -a "util" -d 'Generate completions and manual pages, and carry connections in tasks'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l timeout -d 'How long to follow; the way back goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List allocations, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show an allocation and why it is in its state'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l job -d 'Allocations of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l group -d 'Allocations of this task group' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l node -d 'Allocations on this node, by name, pattern of names or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l status -d 'Allocations in this state' -r -f -a "pending\t''
running\t''
complete\t''
failed\t''
lost\t''
unknown\t''"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l type -d 'Allocations of jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l filter -d 'Only what Nomad\'s filter expression selects, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l limit -d 'Show no more than so many rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s a -l all -d 'Show what is over as well'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand alloc; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -f -a "env" -d 'Show what `fleet deploy --ci` would deploy, where to, and why, without deploying. Secrets are named and not shown'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and not __fish_seen_subcommand_from env stop" -f -a "stop" -d 'Stop what a branch has deployed, when the branch is closed'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l job-file -d 'Print the job file as it would be parsed, with the repository\'s pieces in it'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l branch -d 'The branch, where it is not the pipeline\'s own' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand ci; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "list" -d 'List the contexts of the context file'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "show" -d 'Show every setting in force and where it came from'
complete -c fleet -n "__fish_fleet_using_subcommand context; and not __fish_seen_subcommand_from list show use-in-shell" -f -a "use-in-shell" -d 'Print the lines that make a context the one of this shell, for fleet, nomad and consul alike'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l shell -d 'The shell that will read the lines' -r -f -a "posix\t'sh, bash, zsh and their kin'
fish\t'fish'
powershell\t'PowerShell'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand context; and __fish_seen_subcommand_from use-in-shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l limit-rate -d 'Copy no faster than so many bytes a second, such as 500K or 10M' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l max-bytes -d 'The most bytes that may be copied out' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l max-entries -d 'The most files and directories that may be copied out' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l no-verify -d 'Do not compare'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l owner -d 'Keep owners and groups too, by their numbers, where the side that writes may'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l dir -d 'Ship every job file (`*.nomad`, `*.nomad.hcl`, `*.hcl`) of this folder, what a job\'s `depends` metadata names before it' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l var -d 'Set a variable; counts more than variable files, and these more than NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; the last file counts most' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l canary -d 'Try the new version beside the old one first: as many canaries as the file says, or so many, or such a share of each group' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l promote -d 'Promote healthy canaries: when every gate has held for the time of --soak, never from here, or after so long' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l soak -d 'How long the canaries must be healthy and every gate must hold, without a break' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-cmd -d 'Ask a shell command: 0 is yes, 75 is don\'t know, anything else no. It gets FLEET_JOB, FLEET_VERSION, FLEET_CANARIES' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-http -d 'Ask an address: 200 to 299 is yes, or the status that is named' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-prometheus -d 'Ask Prometheus: every value of the result must compare like this. No data is neither a yes nor a no' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l prometheus -d 'The Prometheus to ask' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-interval -d 'How often to ask the gates. Three times no in a row fails the deployment' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l max-crashes -d 'Fail the deployment when its tasks crash this often; an allocation that failed for good counts twice. 0 for never' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l max-unavailable -d 'Let so few instances of each group be away at once, whatever the file says' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l blocked-for -d 'How long to wait when nothing more finds a place [default: the progress deadline]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l summary -d 'Append a summary in Markdown to this file [env: GITHUB_STEP_SUMMARY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l junit -d 'Write the results to this file as JUnit does: a test case for each job' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l timeout -d 'How long to follow; the deployment goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l ci -d 'In a pipeline of GitHub Actions or GitLab CI: deploy what its variables say, without asking. `fleet ci env` shows what that is'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l no-strict -d 'Pass over values for variables that the job file does not declare'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l gate-consul -d 'Ask Consul whether every check of the canaries\' services passes'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l rollback -d 'When it fails and the file does not say auto_revert, bring the version before back'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-no-check -d 'Take a canary for healthy once it runs, for want of a check'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-static-port -d 'Start a canary although its static port may be taken on every node'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-volume -d 'Start a canary that writes the same volume as the others'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l force-small-count -d 'Start a canary beside a single instance'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l detach -d 'Register and do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and not __fish_seen_subcommand_from status" -a "status" -d 'Show how far the deployment of a job is, or follow it without touching it'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deploy; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "fail" -d 'Fail a deployment, and see the version before healthy again'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "list" -d 'List deployments, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "pause" -d 'Halt a deployment until it is resumed'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "promote" -d 'Promote the healthy canaries of a deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "resume" -d 'Let a halted deployment go on'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and not __fish_seen_subcommand_from fail list pause promote resume show" -f -a "show" -d 'Show a deployment, how far it is and what it waits for'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from fail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l job -d 'Deployments of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l status -d 'Deployments in this state' -r -f -a "running\t''
paused\t''
failed\t''
successful\t''
cancelled\t''"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l filter -d 'Only what Nomad\'s filter expression selects, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l limit -d 'Show no more than so many rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s a -l all -d 'Show what is over as well'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l group -d 'Promote this group only' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand deployment; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List evaluations, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show an evaluation, and what it could not place and why'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l job -d 'Evaluations of this job; * and ? are wildcards' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l status -d 'Evaluations in this state' -r -f -a "pending\t''
blocked\t''
complete\t''
failed\t''
canceled\t''"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l type -d 'Evaluations of jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l filter -d 'Only what Nomad\'s filter expression selects, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l limit -d 'Show no more than so many rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s a -l all -d 'Show what is over as well'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand eval; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l parallel -d 'How many at the same time, of several targets' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s u -l user -d 'Run it as this user, by the task\'s own `su`' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s w -l workdir -d 'Run it in this directory' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s e -l env -d 'Set a variable for it' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s i -l stdin -d 'Pass stdin on; without it the command gets an empty one'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s t -l tty -d 'Give the command a terminal; the default when stdin and stdout are one'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s T -l no-tty -d 'Give the command no terminal'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l all -d 'In all that fit, not only the best of them'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l fail-fast -d 'Start no more once one has failed'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l group-output -d 'Print what each one says when it has ended, instead of line by line'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand help" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand help" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand help" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand help" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand help" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "abort" -d 'Take the deployment of a job back: fail it, bring the last good version back, and see it healthy everywhere'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "action" -d 'Look at the actions of jobs, and run them'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "deployments" -d 'List the deployments of a job, the newest first'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "diff" -d 'Show what differs between two versions of a job: the current one and the one before it, unless you name others'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "dispatch" -d 'Start a child of a parameterized job'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "eval" -d 'Have the scheduler look at a job once more: what is missing of it is placed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "history" -d 'Show the versions of a job that are kept, the newest first: when and by whom they were submitted, and what they changed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "init" -d 'Print a job file to begin with, or write it to a file that is not there yet'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "inspect" -d 'Show a job as the cluster holds it, or the file it was made from'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "list" -d 'List jobs with how many of their allocations run'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "pause" -d 'Halt the deployment of a job: nothing more is replaced until it is resumed, and it does not time out meanwhile'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "periodic" -d 'Look after periodic jobs'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "plan" -d 'Show what registering a job file would change, and what it would do to what runs. Nothing is changed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "promote" -d 'Promote the healthy canaries of a job\'s deployment, and follow it to its end'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "restart" -d 'Restart a job\'s instances where they are, a few at a time, each only after those before it are well again'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "resubmit" -d 'Replace everything a job runs, as its update block allows, from the file it was made from: new instances, none of the old'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "resume" -d 'Let a halted deployment of a job go on, with a new progress deadline'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "revert" -d 'Make an earlier version of a job the newest one again, and follow it until it is healthy everywhere'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "run" -d 'Register a job file without asking, and follow it: `fleet deploy FILE --yes` with nothing but what the file says'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "scale" -d 'Set how many instances of a group run, and wait until they do'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "show" -d 'Show a job: what runs of it, what its deployment waits for, and why something is not placed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "start" -d 'Start a stopped job again, as it was, and follow it until it is healthy'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "stop" -d 'Stop jobs, and wait until nothing of them runs any more'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "urls" -d 'Show the addresses of a job, as its services\' tags tell them: `https://…` and `urlprefix-host/path`'
complete -c fleet -n "__fish_fleet_using_subcommand job; and not __fish_seen_subcommand_from abort action deployments diff dispatch eval history init inspect list pause periodic plan promote restart resubmit resume revert run scale show start stop urls validate" -f -a "validate" -d 'Validate a job file: have the cluster parse it and say what is wrong with the job. Nothing is changed'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l timeout -d 'How long to follow; the way back goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -f -a "list" -d 'List the actions of a job: commands that its file names, to be run in its tasks'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from action" -f -a "run" -d 'Run an action of a job in a running task'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from deployments" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l meta -d 'Metadata for the child' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l payload -d 'The file whose contents the child gets, `-` for stdin; 16 KiB at most' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l idempotency -d 'A key of your own that makes the same dispatch the same child' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l id-prefix -d 'How the child\'s id begins after the job\'s' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l timeout -d 'How long to wait; it goes on when that has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l wait -d 'Wait for its end'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from dispatch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l reschedule -d 'Place instances again that failed for good'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from eval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l template -d 'What it begins with' -r -f -a "service\t'A service with a check and a canary'
batch\t'Work that ends, by time'
web\t'A container of a pipeline, with everything as variables: what `fleet deploy --ci` uses'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l version -d 'The version, instead of the current one' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l hcl -d 'Show the file it was made from; the functions that read files have their results in it'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l show-secrets -d 'Show secrets too'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l type -d 'Jobs of this type' -r -f -a "service\t''
batch\t''
system\t''
sysbatch\t''"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l status -d 'Jobs in this state' -r -f -a "pending\t''
running\t''
dead\t''"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l pool -d 'Jobs of this node pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l filter -d 'Only what Nomad\'s filter expression selects, such as \'JobID == "web"\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l limit -d 'Show no more than so many rows, the newest' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l health -d 'Look at every allocation, and show how many are healthy'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s a -l all -d 'Show what is over as well'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from periodic" -f -a "force" -d 'Start a child of a periodic job now, whatever its schedule says'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l var -d 'Set a variable; counts more than variable files, and these more than NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; the last file counts most' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l no-strict -d 'Pass over values for variables that the job file does not declare'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l compat -d 'Exit as `nomad job plan` does: 0 when the job does not differ or no allocation would be made or stopped, 1 when one would, 255 on an error'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l group -d 'Promote this group only' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l timeout -d 'How long to follow; the deployment goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l group -d 'Only instances of this group' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l alloc -d 'Only these allocations, by the beginning of their ids' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l max-unavailable -d 'How many of a group may be away at once' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l started-before -d 'Only what was started before this moment: how an interrupted run is gone on with' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l timeout -d 'How long each may take to be well again' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resubmit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l to -d 'The version, by its number or its tag [default: the newest that was good, before the current one]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from revert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l var -d 'Set a variable; counts more than variable files, and these more than NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; the last file counts most' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l no-strict -d 'Pass over values for variables that the job file does not declare'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l detach -d 'Do not follow'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from scale" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l timeout -d 'How long to follow; what was begun goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l timeout -d 'How long to wait; the jobs go on stopping when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l purge -d 'Have the servers forget the job and its history'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l detach -d 'Do not wait'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l open -d 'Open the first address; not in a pipeline'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from urls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l var -d 'Set a variable; counts more than variable files, and these more than NOMAD_VAR_NAME in the environment' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l var-file -d 'Read variables from a file of `name = value` lines, or a JSON object; the last file counts most' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l no-strict -d 'Pass over values for variables that the job file does not declare'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l print -d 'Print the job as the API takes it, secrets included, instead of a verdict'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand job; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l tail -d 'Begin with so many lines before the end [default: all that is kept, and 10 with -f]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l since -d 'Begin with what was written since then: a duration such as 10m, or a time. Nomad dates files, not lines: of lines that begin with a time of their own, older ones are left out' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l grep -d 'Only lines that match this regular expression' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l highlight -d 'Mark what matches this regular expression' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l all-tasks -d 'Every task of an allocation, not only the main one'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s f -l follow -d 'Wait for more'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stdout -d 'Only stdout'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stderr -d 'Only stderr'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l raw -d 'Print lines as they are, without origin; also `-o raw`'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s t -l timestamps -d 'Put the time before each line at which it was read'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l strict -d 'Exit with 1 when a piece of a log was gone before it could be read'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l stats -d 'Tell at the end what was read of each log'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "drain" -d 'Drain nodes: what runs on them is moved away by the servers, and followed until it is well again'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "eligible" -d 'Let nodes take new work again'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "ineligible" -d 'Let nodes take no new work; what runs on them stays'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "list" -d 'List nodes'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "show" -d 'Show a node: its state, its drain, what it offers and what runs on it'
complete -c fleet -n "__fish_fleet_using_subcommand node; and not __fish_seen_subcommand_from drain eligible ineligible list show undrain" -f -a "undrain" -d 'Stop the drain of nodes, and let them take new work again'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l deadline -d 'When what is left is stopped, whether it was replaced or not [default: 1h]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l message -d 'Why, for everyone who looks at the node' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l singletons -d 'What to do with services of one instance: away while they move, left with their node, or not begun' -r -f -a "gap\t'Move them: they are away until the replacement is healthy'
skip\t'Leave nodes that run one as they are, without new work'
refuse\t'Do not begin'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l accept -d 'Go ahead in spite of this risk' -r -f -a "unpromoted-canary\t'Canaries that were not promoted run on or beside the nodes'
active-deployment\t'A deployment is under way'
paused-deployment\t'A deployment is paused'
unhealthy\t'Some allocations are unhealthy already'
no-forecast\t'The cluster\'s scheduler could not be asked whether everything fits'
max-parallel\t'The server\'s own drain would take every allocation of a group at once'
disconnected\t'A node is disconnected; its allocations may still run'
unseen-namespaces\t'Jobs of namespaces that the token cannot read may run on the nodes'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l timeout -d 'How long to follow; the drains go on when it has passed [default: the deadline and 15 minutes]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-deadline -d 'Wait for as long as it takes; batch work is never stopped'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l force -d 'Stop everything at once: services may be down until they are replaced, batch work is lost'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l ignore-system -d 'Leave system jobs running'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l detach -d 'Do not follow the drains'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from drain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l dry-run -d 'Show which nodes would be changed and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from eligible" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l dry-run -d 'Show which nodes would be changed and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from ineligible" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l keep-ineligible -d 'Stop the drain, and take no new work all the same'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l dry-run -d 'Show which nodes would be changed and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand node; and __fish_seen_subcommand_from undrain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l listen -d 'The local address to listen on' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l push-relay -d 'Where the task has nothing that carries connections, copy this build of fleet into it for the time: PROGRAM, else fleet itself' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l sticky -d 'Keep to the first allocation: connections fail when it has ended'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand port-forward" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l group -d 'Promote this group only' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l timeout -d 'How long to follow; the deployment goes on when it has passed' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l class -d 'Nodes of this class' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l pool -d 'Nodes of this pool' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l datacenter -d 'Nodes in this datacenter' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l meta -d 'Nodes with this metadata' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l attr -d 'Nodes with this attribute, such as kernel.name=linux' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l nomad-version -d 'Nodes whose agent has this version of Nomad' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l filter -d 'Nodes that Nomad\'s filter expression selects, such as \'Drivers.docker.Healthy == false\'' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replace-with-cmd -d 'Command that starts replacements; fleet waits until as many alike nodes are ready' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replacements -d 'How many nodes must join, instead of one for each that is rotated' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l replace-timeout -d 'How long the command and its nodes may take' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l singletons -d 'What to do with services of one instance: away while they move, left where they are, or not begun' -r -f -a "gap\t'Move them: they are away until the replacement is healthy'
skip\t'Leave nodes that run one as they are, without new work'
refuse\t'Do not begin'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l batch -d 'What to do with batch work, which Nomad does not move' -r -f -a "wait\t'Wait until it has finished'
kill\t'Stop it; its work is lost and not started again (`nomad-api.md §2.4`, 4.)'
skip\t'Leave nodes that run some as they are, without new work'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l min-healthy -d 'The fewest healthy instances of every group, as a number or a share, instead of what its migrate block allows' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l accept -d 'Go ahead in spite of this risk' -r -f -a "unpromoted-canary\t'Canaries that were not promoted run on or beside the nodes'
active-deployment\t'A deployment is under way'
paused-deployment\t'A deployment is paused'
unhealthy\t'Some allocations are unhealthy already'
no-forecast\t'The cluster\'s scheduler could not be asked whether everything fits'
max-parallel\t'The server\'s own drain would take every allocation of a group at once'
disconnected\t'A node is disconnected; its allocations may still run'
unseen-namespaces\t'Jobs of namespaces that the token cannot read may run on the nodes'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l on-failure -d 'What to leave behind after a failure: everything as it stands, or the nodes eligible as they were' -r -f -a "stop\t'Stop where it stands; the nodes stay without new work'
restore\t'Give the nodes that were not rotated the eligibility they had'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l timeout -d 'How long the whole may take' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l dry-run -d 'Show what would happen and write nothing'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s y -l yes -d 'Go ahead without asking'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l shell -d 'Run that command by `sh -c`'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l no-replace -d 'Start no replacements; the nodes that stay have room (the default)'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l ignore-system -d 'Leave system jobs running on the emptied nodes'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand rotate-nodes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l task -d 'The task whose place the command takes; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l image -d 'Another image; without a job, a container of nothing but that image' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s e -l env -d 'Set a variable for it' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l cpu -d 'Processor share, in MHz, instead of the task\'s' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l memory -d 'Memory, in MiB, instead of the task\'s' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l timeout -d 'How long it may take; then it is stopped' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand run" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand run" -s i -l stdin -d 'Pass stdin on'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s t -l tty -d 'Give the command a terminal'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l detach -d 'Do not follow it; it ends by itself'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand run" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "run" -d 'Run one fleet command against the embedded fleet, and end with its exit code'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "shell" -d 'Open your shell with the embedded fleet in its variables; leaving the shell ends the fleet'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and not __fish_seen_subcommand_from run shell up" -f -a "up" -d 'Keep the embedded fleet running until Ctrl-C, for use from other shells'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l scenario -d 'The cluster and its story: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l speed -d 'Run the cluster\'s time so many times faster than ours' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l seed -d 'Decides what is left to chance, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l fault -d 'Let something go wrong: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l servers -d 'Real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l clients -d 'Real clients, the first half of class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l scenario -d 'The cluster and its story: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l speed -d 'Run the cluster\'s time so many times faster than ours' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l seed -d 'Decides what is left to chance, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l fault -d 'Let something go wrong: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l servers -d 'Real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l clients -d 'Real clients, the first half of class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l scenario -d 'The cluster and its story: `bare`, `small`, `full`, `pinned`, `flaky` or `large`' -r -f -a "bare\t'six nodes, three of class old and three of class new, and no jobs'
small\t'a shop of five jobs on three old nodes, and three new ones that wait to take over'
full\t'six heavy instances on the old nodes, and new nodes so busy that only one of them fits'
pinned\t'jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes'
flaky\t'a job that is well on the old nodes and whose replacements never turn healthy on the new ones'
large\t'5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l speed -d 'Run the cluster\'s time so many times faster than ours' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l seed -d 'Decides what is left to chance, so that a run can be repeated' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l fault -d 'Let something go wrong: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l servers -d 'Real servers' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l clients -d 'Real clients, the first half of class old' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l listen -d 'Where Nomad\'s API listens; any free port of 127.0.0.1 otherwise' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l token -d 'The secret of the management token, a UUID; made up otherwise' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s u -l user -d 'As this user, by the task\'s own `su`' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s w -l workdir -d 'In this directory' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand status" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand status" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand status" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand status" -l check -d 'Exit with 1 when there is a problem, or when something could not be seen. What is only under way, such as a drain or a deployment, does not count'
complete -c fleet -n "__fish_fleet_using_subcommand status" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand status" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l task -d 'The task; the leader, else the first main task, when not named' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l node -d 'Only on this node, by name or beginning of the id' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l version -d 'Only of this version of the job' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l exclude -d 'Leave out what matches this pattern, written as in .gitignore; it is not removed there either' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l direct -d 'Go straight to the node where it can be reached from here, not through the servers'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s W -l watch -d 'Go on, and copy what changes'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l delete -d 'Remove there what is not here'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l no-ignore -d 'Copy what .gitignore leaves out as well, and .git'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l dry-run -d 'Only say what would be done'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "cp" -d 'Copy a variable to another path'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "diff" -d 'Show which keys of two variables differ. Values are not shown unless you ask for them'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "edit" -d 'Edit a variable in your editor ($VISUAL or $EDITOR) as KEY=VALUE lines'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "get" -d 'Show a variable\'s items, secret or not: KEY=VALUE lines that `fleet var put` takes back, or one value as it is'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "list" -d 'List variables, without their items'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "lock" -d 'Run a command while holding a variable\'s lock, so that only one of its kind runs at a time'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "put" -d 'Store a variable whole, from a file or stdin: KEY=VALUE lines or a JSON object. What it had else is gone'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "rm" -d 'Delete variables'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "set" -d 'Set keys of a variable and leave the others as they are'
complete -c fleet -n "__fish_fleet_using_subcommand var; and not __fish_seen_subcommand_from cp diff edit get list lock put rm set unset" -f -a "unset" -d 'Remove keys of a variable and leave the others as they are'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l force -d 'Replace what is there'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l show-secrets -d 'Show the values too'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l wait -d 'How long to wait for somebody else\'s lock' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ttl -d 'How long the lock holds without being renewed, 10 s at least; the servers free it after twice that' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l new -d 'Store it only if there is no such variable'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
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
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand var; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "completions" -d 'Write the completion scripts of every shell into a folder'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "man" -d 'Write the manual pages of every command into a folder'
complete -c fleet -n "__fish_fleet_using_subcommand util; and not __fish_seen_subcommand_from completions man relay" -f -a "relay" -d 'Carry connections over stdin and stdout'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s o -l output -d 'How to write the result: a table on a terminal, tab-separated lines in a pipe, unless said otherwise' -r -f -a "table\t'Aligned columns that fit the screen; ages and rounded sizes'
wide\t'Aligned columns, all of them, nothing cut'
json\t'One JSON document'
json-lines\t'One JSON object per line, written as things happen'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l color -d 'When to use colour [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t'On a terminal that can, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l address -d 'Address of Nomad: http://, https:// or unix:// [env: NOMAD_ADDR] [default: http://127.0.0.1:4646]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l region -d 'Region to ask [env: NOMAD_REGION]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s n -l namespace -d 'Namespace; lists show all that the token may read unless one is given [env: NOMAD_NAMESPACE]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l token-file -d 'File with the ACL token; the token itself is taken from the environment, never from a flag [env: NOMAD_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l ca-cert -d 'PEM file with the authority that signed the servers\' certificates [env: NOMAD_CACERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l ca-path -d 'Directory of such PEM files [env: NOMAD_CAPATH]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l client-cert -d 'PEM file with your client certificate [env: NOMAD_CLIENT_CERT]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l client-key -d 'PEM file with your client certificate\'s private key [env: NOMAD_CLIENT_KEY]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l tls-server-name -d 'Name the server\'s certificate must be for, when that is not the host of the address [env: NOMAD_TLS_SERVER_NAME]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l consul-address -d 'Address of Consul, where there is one: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l consul-token-file -d 'File with the Consul token [env: CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN]' -r -F
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l context -d 'Use this context of the context file [env: FLEET_CONTEXT]' -r
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l no-headers -d 'Leave the headings of tables out'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s q -l quiet -d 'Print results and errors only'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s v -l verbose -d 'Log each request to stderr; twice for retries too [env: FLEET_LOG]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -l tls-skip-verify -d 'Accept any server certificate: anyone can then listen in [env: NOMAD_SKIP_VERIFY]'
complete -c fleet -n "__fish_fleet_using_subcommand util; and __fish_seen_subcommand_from relay" -s h -l help -d 'Print help (see more with \'--help\')'
