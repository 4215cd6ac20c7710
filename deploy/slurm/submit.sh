#!/usr/bin/env bash
# Plans a run and submits its steps to Slurm: each array starts when every task of the step before it has ended well.
#
#   deploy/slurm/submit.sh WORK MAP_TASKS REDUCE_TASKS [option of plan...] PATH...
#   deploy/slurm/submit.sh WORK MAP_TASKS 0 --source ID --file PATH [option of lexicon plan...]
#
# WORK and the paths must be on a file system that all nodes share, best with absolute paths. Environment:
#   HEALTH_INGESTION  the binary (default: health_ingestion)
#   SBATCH_OPTIONS    options for every job, such as "--partition=batch --time=2:00:00"
#   TASK_CPUS         cores of a map or reduce task (default: 4)
#   TASK_MEMORY_MIB   memory of a task in MiB (default: 1024); the program gets three quarters of it
#   RETRY_SECONDS     how long a task waits before it goes back into the queue (default: 10)
set -euo pipefail

if (($# < 4)); then
    sed -n '2,13p' "$0" >&2
    exit 2
fi

work=$1 map_tasks=$2 reduce_tasks=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export HEALTH_INGESTION=${HEALTH_INGESTION:-health_ingestion} WORK=$work
cpus=${TASK_CPUS:-4}
memory=${TASK_MEMORY_MIB:-1024}
export STEP_OPTIONS="--workers $cpus --memory-limit $((memory * 3 / 4))MiB"

if ((reduce_tasks > 0)); then
    plan=(plan --partitions "$reduce_tasks")
else
    plan=(lexicon plan)
fi

"$HEALTH_INGESTION" "${plan[@]}" --work "$work" --tasks "$map_tasks" "$@"

# submit STEP [option of sbatch...]: prints the id of the job.
submit() {
    local step=$1 log=%j
    shift
    [[ " $*" != *" --array="* ]] || log=%A-%a
    # shellcheck disable=SC2086 # several options
    sbatch --parsable --requeue --job-name="health-$step" --output="$work/slurm-$step-$log.log" --mem="${memory}M" \
        ${SBATCH_OPTIONS:-} "$@" "$here/step.sh" "$step" | cut -d';' -f1
}

map=$(submit map --array="0-$((map_tasks - 1))" --cpus-per-task="$cpus")
check=$(submit check --dependency="afterok:$map" --kill-on-invalid-dep=yes --cpus-per-task="$cpus")
last=$check reduced=
if ((reduce_tasks > 0)); then
    last=$(submit reduce --dependency="afterok:$check" --kill-on-invalid-dep=yes --array="0-$((reduce_tasks - 1))" --cpus-per-task="$cpus")
    reduced="reduce $last, "
fi

finish=$(submit finish --dependency="afterok:$last" --kill-on-invalid-dep=yes)
echo "map $map, check $check, ${reduced}finish $finish; see: $HEALTH_INGESTION status $work"
