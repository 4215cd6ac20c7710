#!/usr/bin/env bash
# One task of a step, as submit.sh gives it to sbatch. Exit code 75 says that a retry may help: the task is queued again, three
# times at most. Every other code is final.
set -uo pipefail

step=$1
options=()
if [[ $step != finish ]]; then
    read -ra options <<<"$STEP_OPTIONS"
fi

"$HEALTH_INGESTION" "$step" --work "$WORK" "${options[@]}"
code=$?
if ((code == 75 && ${SLURM_RESTART_COUNT:-0} < 3)); then
    job=$SLURM_JOB_ID
    if [[ -n ${SLURM_ARRAY_JOB_ID:-} ]]; then
        job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
    fi

    sleep "${RETRY_SECONDS:-10}"
    scontrol requeue "$job" && sleep 60
fi

exit "$code"
