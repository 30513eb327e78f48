# charm-nova-compute: run this where juju reaches the model. The application
# may have another name than nova-compute. The charm writes nova.conf and
# restarts nova-compute at once, on all units of the application.

# The charm has no option of its own for [DEFAULT]/use_cow_images. The list
# config-flags takes it; what else is in the list stays. Where the list is
# YAML, with ":" before the first "=", nothing is done: change it by hand.
flags=$(juju config nova-compute config-flags) &&
[ "${flags%%[:=]*}" = "${flags%%=*}" ] &&
flags=$(printf '%s' "$flags" | tr , '\n' |
  grep -Ev '^ *(use_cow_images) *=' | paste -sd, -) &&
juju config nova-compute config-flags="$flags"
