// The lane type of runs that produce summaries.
global using SummaryLane = FastIngest.Pipeline.Runs.SinkLane<
    FastIngest.Sinks.Summaries.SinkRun, FastIngest.Health.SummaryBatch, FastIngest.Sinks.Summaries.RunFigures, FastIngest.Sinks.Summaries.SinkResult>;
