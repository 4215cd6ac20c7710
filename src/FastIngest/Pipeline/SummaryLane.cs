// The lanes of a run that makes summaries.
global using SummaryLane = FastIngest.Pipeline.SinkLane<
    FastIngest.Sinks.SinkRun, FastIngest.Health.SummaryBatch, FastIngest.Sinks.RunFigures, FastIngest.Sinks.SinkResult>;
