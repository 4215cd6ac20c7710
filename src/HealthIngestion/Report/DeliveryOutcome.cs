using FastIngest;
using FastIngest.Delivery;

namespace HealthIngestion.Report;

/// <summary>The outcome of the delivery to one API.</summary>
/// <param name="Api">The API.</param>
/// <param name="Report">What was delivered; null when the database failed.</param>
/// <param name="Fault">Why the database failed; null when it did not.</param>
internal sealed record DeliveryOutcome(DeliveryApi Api, DeliveryReport? Report, IngestException? Fault);
